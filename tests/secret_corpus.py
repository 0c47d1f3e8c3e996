"""A seeded corpus: secrets of the kinds that owners of small companies have, and decoys that only look like them.

`<24>` stands for so many letters and digits, `h` for hexadecimal, `u` for upper case, `d` for digits, `s` with dashes, `b` for
so many bytes in base64. Values are drawn from a fixed seed when they are asked for, and work nowhere.
"""

from __future__ import annotations

import base64
import random
import re
import string

_ALL = string.ascii_letters + string.digits
_ALPHABETS = {"": _ALL, "h": "0123456789abcdef", "u": string.ascii_uppercase + "234567", "d": string.digits, "s": _ALL + "-_"}
_PEM = "-----BEGIN RSA PRIVATE KEY-----\n<1190b>\n-----END RSA PRIVATE KEY-----\n"
_SECRETS = {
    "env/.env": "STRIPE_SECRET_KEY=sk_live_<24>",
    "pay.py": "stripe.api_key = 'sk_live_<99>'",
    "rk.js": "const k = 'rk_live_<24>';",
    "wh.env": "STRIPE_WEBHOOK_SECRET=whsec_<32>",
    "aws.ini": "[default]\naws_access_key_id = AKIA<16u>\naws_secret_access_key = <40>",
    "aws.py": "AWS_KEY='AKIA<16u>'\nAWS_SECRET='<40>'",
    "gh.sh": "export GITHUB_TOKEN=ghp_<36>",
    "gh2.yml": "token: github_pat_<22>_<59>",
    "gl.yml": "  GITLAB: glpat-<20>",
    "slack.py": "SLACK='xoxb-<12d>-<12d>-<24>'",
    "slackhook.js": "post('https://hooks.slack.com/services/T<8u>/B<8u>/<24>')",
    "google.gs": "var KEY = 'AIza<35s>';",
    "sendgrid.py": "SG='SG.<22s>.<43s>'",
    "mailgun.py": "mailgun_api_key = 'key-<32h>'",
    "twilio.env": "TWILIO_ACCOUNT_SID=AC<32h>\nTWILIO_AUTH_TOKEN=<32h>",
    "square.py": "square_token='EAAA<60s>'",
    "openai.py": "OPENAI='sk-proj-<74s>T3BlbkFJ<74s>'",
    "openai2.env": "OPENAI_API_KEY=sk-<20>T3BlbkFJ<20>",
    "anthropic.env": "ANTHROPIC_API_KEY=sk-ant-api03-<93s>AA",
    ".npmrc": "//npm.example.com/:_authToken=npm_<36>",
    ".pypirc": "[index]\nusername=__token__\npassword=pypi-AgEIcHlwaS5vcmc<150s>",
    "key.pem": _PEM,
    "jwt.txt": "Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NSIsIm5hbWUiOiJBZGEifQ.<43s>",
    "db.env": "DATABASE_URL=postgres://app:<16>@db.internal.example.com:5432/app",
    "mongo.js": "mongoose.connect('mongodb+srv://admin:<14>@cluster0.abcde.mongodb.net/prod')",
    "settings.py": "SECRET_KEY = '<20>!#$%^<10>&*(-_=+)<8>'",
    "pw.env": "DB_PASSWORD=<16>",
    "pw.py": "password = '<7>@%<6>'",
    "pw.yml": "smtp:\n  user: mailer\n  password: <18>",
    "apikey.json": '{"api_key": "<32>"}',
    "generic.ts": "const apiToken: string = '<40h>';",
    "azure.cfg": "AccountKey=<64b>",
    "gcp.json": '{"type":"service_account","private_key_id":"<40h>","private_key":"' + _PEM.replace("\n", "\\n") + '"}',
    "heroku.env": "HEROKU_API_KEY=<8h>-<4h>-<4h>-<4h>-<12h>",
    "telegram.py": "bot = Bot('<9d>:AA<33s>')",
    "discord.js": "client.login('M<23>.<6>.<27s>')",
    "basic.sh": "curl -u admin:<15> https://api.example.com/v1",
    "paypal.env": "PAYPAL_CLIENT_SECRET=E<79s>",
    "cloudflare.tf": 'api_token = "<40s>"',
    "airtable.js": "const key='pat<14>.<64h>';",
}
_DECOYS = {
    ".env.example": "STRIPE_SECRET_KEY=sk_live_your_key_here",
    "readme.md": "Set `API_KEY=<your api key>` first.",
    "config.py": "password = os.environ['DB_PASSWORD']",
    "vars.tf": "password = var.db_password",
    "gh.yml": "token: ${{ secrets.GITHUB_TOKEN }}",
    "uuid.py": "tenant_id = '123e4567-e89b-12d3-a456-426614174000'",
    "sha.txt": "commit <40h>",
    "lock.json": '{"integrity": "sha512-<64b>"}',
    "public.env": "STRIPE_PUBLISHABLE_KEY=pk_test_51H<20>",
    "public.pem": "-----BEGIN PUBLIC KEY-----\n<270b>\n-----END PUBLIC KEY-----",
    "test.py": "password = 'password'",
    "i18n.json": '{"password": "Mot de passe oublie", "token": "Jeton"}',
    "style.css": ".token{background:url(data:image/png;base64,<80>)}",
    "aws.md": "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "hash.py": "EXPECTED = '<64h>'",
    "url.py": "url = 'https://user:pass@example.com/'",
    "vault.yml": "password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256",
    "ssm.yml": "ApiKey: '{{resolve:ssm-secure:/app/key:1}}'",
    "form.html": '<input type="password" name="password" placeholder="Your password">',
    "enum.ts": "enum Key { Token = 'access_token', Secret = 'client_secret' }",
}


def corpus() -> tuple[dict[str, str], dict[str, str]]:
    """Secrets and decoys by path; the same ones each time."""
    drawn = random.Random(20261124)

    def fill(match: re.Match[str]) -> str:
        length, kind = int(match[1]), match[2]
        if kind == "b":
            return base64.b64encode(drawn.randbytes(length)).decode()
        return "".join(drawn.choice(_ALPHABETS[kind]) for _ in range(length))

    secrets, decoys = (
        {name: re.sub(r"<(\d+)([hudsb]?)>", fill, text) + "\n" for name, text in listed.items()}
        for listed in (_SECRETS, _DECOYS)
    )
    return secrets, decoys
