"""What happens to cards: each rule of the plan by hand, over a board in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from quarterdeck.boards import block
from quarterdeck.boards.closing import RESOLVED
from quarterdeck.boards.entries import Status
from quarterdeck.boards.faults import BoardForbiddenError, CardRejectedError
from quarterdeck.boards.merge import MANAGE
from quarterdeck.boards.overflow import OVERFLOW
from quarterdeck.boards.plans import Kind, Policy
from quarterdeck.boards.records import Capabilities, Category, Content, Resolution
from tests.boards import OCTOBER, Crash, MemoryBoard, MemoryRegister, item, kinds, lost, mark, planned, scope, sync

NOVEMBER, DECEMBER, JANUARY, JUNE = date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1), date(2027, 7, 1)


@pytest.fixture
def board() -> MemoryBoard:
    return MemoryBoard()


@pytest.fixture
def register() -> MemoryRegister:
    return MemoryRegister()


def gone(*names: str) -> frozenset[str]:
    return frozenset(mark(name) for name in names)


# --- making -----------------------------------------------------------------------------------------------------------


def test_a_finding_becomes_a_card_and_stays_that_card(board: MemoryBoard, register: MemoryRegister) -> None:
    actions, carried = sync(board, register, [item("a"), item("b")], scope())
    assert kinds(actions) == ["create", "create"]
    assert not carried.problems
    assert [card.title for card in board.cards.values()] == ["Mend a", "Mend b"]
    assert block.inside(board.cards["1"].text) == "a is broken"
    assert board.cards["1"].reference == f"qd:acme:{mark('a')[:16]}"
    sync(board, register, [item("a", title="Mend a at last"), item("b")], scope(NOVEMBER))
    assert [card.title for card in board.cards.values()] == ["Mend a at last", "Mend b"]


def test_an_unchanged_sync_writes_nothing(board: MemoryBoard, register: MemoryRegister) -> None:
    items = [item("a"), item("b")]
    sync(board, register, items, scope())
    written, remembered = len(board.writes), register.writes
    actions, _ = sync(board, register, items, scope())
    assert {action.kind for action in actions} == {Kind.SKIP}
    assert all(action.reason == "the card says so already" for action in actions)
    assert (len(board.writes), register.writes) == (written, remembered)


def test_a_card_whose_making_was_not_written_down_is_found_again(board: MemoryBoard, register: MemoryRegister) -> None:
    board.after = lost("create")
    _, carried = sync(board, register, [item("a")], scope())
    assert [problem.what for problem in carried.problems] == ["no answer"]
    assert register.kept[mark("a")].status is Status.RESERVED
    actions, carried = sync(board, register, [item("a")], scope())
    assert kinds(actions) == []
    assert len(board.cards) == 1
    assert register.kept[mark("a")].card_id == "1"


def test_a_card_that_was_never_made_is_made_by_the_next_sync(board: MemoryBoard, register: MemoryRegister) -> None:
    board.before = lost("create")
    sync(board, register, [item("a")], scope())
    actions, _ = sync(board, register, [item("a")], scope())
    assert [action.reason for action in actions] == ["its making was not confirmed, and the board has no such card"]
    assert len(board.cards) == 1


def test_an_edit_of_a_card_whose_making_was_not_confirmed_is_seen(board: MemoryBoard, register: MemoryRegister) -> None:
    board.after = lost("create")
    sync(board, register, [item("a")], scope())
    board.edit("1", title="Ask Ann")
    sync(board, register, [item("a")], scope())
    sync(board, register, [item("a", title="Mend a now")], scope(NOVEMBER))
    assert board.cards["1"].title == "Ask Ann"


def test_a_lost_register_makes_no_second_card(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a")], scope())
    fresh = MemoryRegister()
    sync(board, fresh, [item("a")], scope())
    assert len(board.cards) == 1
    assert fresh.kept[mark("a")].card_id == "1"


def test_of_two_cards_with_one_reference_the_oldest_open_one_is_kept(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a")], scope())
    board.cards["0"] = replace(board.cards["1"], id="0", category=Category.DONE, created_at="000000")
    board.cards["2"] = replace(board.cards["1"], id="2", created_at="000002")
    fresh = MemoryRegister()
    _, carried = sync(board, fresh, [item("a")], scope())
    assert fresh.kept[mark("a")].card_id == "1"
    assert [problem.what for problem in carried.problems] == [f"3 cards have the reference {board.cards['1'].reference}"]
    assert len(board.cards) == 3


def test_what_a_busy_board_refused_is_asked_again_and_a_refusal_stops_its_card_alone(register: MemoryRegister) -> None:
    board = MemoryBoard(before=lost("find", 2))
    _, carried = sync(board, register, [item("a")], scope())
    assert (carried.problems, len(board.cards)) == ((), 1)

    def refuse(call: str) -> None:
        if call == "create" and "refused" not in board.writes:
            board.writes.append("refused")
            raise CardRejectedError("too long")

    board.before = refuse
    _, carried = sync(board, register, [item("a"), item("b"), item("c")], scope())
    assert [problem.what for problem in carried.problems] == ["too long"]
    assert [card.title for card in board.cards.values()] == ["Mend a", "Mend c"]


# --- the person wins --------------------------------------------------------------------------------------------------


def test_an_edited_title_is_kept_and_told_once(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a")], scope())
    board.edit("1", title="Ask Ann about a")
    actions, _ = sync(board, register, [item("a", title="Mend a now", text="worse")], scope(NOVEMBER))
    assert kinds(actions) == ["comment", "update"]
    assert board.cards["1"].title == "Ask Ann about a"
    assert block.inside(board.cards["1"].text) == "worse"
    [said] = board.comments["1"].values()
    assert said.endswith("title: Mend a now")
    actions, _ = sync(board, register, [item("a", title="Mend a today", text="worse")], scope(DECEMBER))
    assert kinds(actions) == []
    assert board.cards["1"].title == "Ask Ann about a"


def test_an_edit_that_says_what_we_would_is_none(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a")], scope())
    board.edit("1", title="Mend a now")
    actions, _ = sync(board, register, [item("a", title="Mend a now")], scope(NOVEMBER))
    assert kinds(actions) == []
    sync(board, register, [item("a", title="Mend a today")], scope(DECEMBER))
    assert board.cards["1"].title == "Mend a today"


def test_words_around_our_part_stay(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a")], scope())
    board.edit("1", text=f"Ann has the key.\r\n\r\n{board.cards['1'].text}  \r\n\r\nCall before ten.")
    sync(board, register, [item("a", text="a is worse")], scope(NOVEMBER))
    text = board.cards["1"].text
    assert text.startswith("Ann has the key.\n\n— Quarterdeck keeps")
    assert text.rstrip().endswith("Call before ten.")
    assert block.inside(text) == "a is worse"
    assert not board.comments["1"]


def test_a_description_without_our_marks_is_a_persons_until_given_back(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a")], scope())
    board.edit("1", text="I do it my way.", title="Mine")
    sync(board, register, [item("a", text="a is worse")], scope(NOVEMBER))
    assert board.cards["1"].text == "I do it my way."
    board.edit("1", labels=board.cards["1"].labels | {MANAGE})
    sync(board, register, [item("a", text="a is worse")], scope(NOVEMBER))
    card = board.cards["1"]
    assert card.text.startswith("I do it my way.\n\n— Quarterdeck")
    assert block.inside(card.text) == "a is worse"
    assert (card.title, MANAGE in card.labels) == ("Mend a", False)


def test_priority_and_due_day_are_theirs_once_they_changed_them(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a")], scope())
    board.edit("1", priority="P3", due=date(2027, 5, 1))
    sync(board, register, [item("a", priority="P2", title="Mend a now")], scope(NOVEMBER))
    card = board.cards["1"]
    assert (card.priority, card.due, card.title) == ("P3", date(2027, 5, 1), "Mend a now")


def test_a_label_that_a_person_took_off_stays_off_and_theirs_stay_on(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a")], scope())
    board.edit("1", labels=frozenset({"ann"}))
    changed = item("a", title="Mend a now")
    changed = replace(changed, content=replace(changed.content, labels=frozenset({"qd", "late"})))
    sync(board, register, [changed], scope(NOVEMBER))
    assert board.cards["1"].labels == {"ann", "late"}


def test_a_card_that_was_moved_stays_in_its_column(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a")], scope())
    board.edit("1", category=Category.DOING)
    sync(board, register, [item("a", text="worse")], scope(NOVEMBER))
    assert board.cards["1"].category is Category.DOING


@pytest.mark.parametrize("change", [{"resolution": Resolution.NOT_PLANNED}, {"labels": frozenset({"wontfix"})}])
def test_what_a_person_will_not_do_is_never_asked_again(
    board: MemoryBoard, register: MemoryRegister, change: dict[str, object]
) -> None:
    sync(board, register, [item("a")], scope())
    board.edit("1", **{"category": Category.DONE, "resolution": Resolution.COMPLETED, **change})
    for end in (OCTOBER, NOVEMBER, DECEMBER, JUNE):
        actions, _ = sync(board, register, [item("a", severity="critical")], scope(end))
        assert kinds(actions) == []
    assert len(board.cards) == 1
    assert register.kept[mark("a")].status is Status.SUPPRESSED


def test_a_deleted_card_is_not_made_again(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a")], scope())
    del board.cards["1"]
    for end in (OCTOBER, NOVEMBER):
        actions, _ = sync(board, register, [item("a")], scope(end))
        assert [action.reason for action in actions] == ["a person deleted the card"]
    assert board.cards == {}


def test_a_suppressed_card_that_a_person_opens_is_live_again(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a")], scope())
    board.edit("1", category=Category.DONE, resolution=Resolution.NOT_PLANNED)
    sync(board, register, [item("a")], scope())
    board.edit("1", category=Category.TODO, resolution=None)
    sync(board, register, [item("a", text="worse")], scope(NOVEMBER))
    assert register.kept[mark("a")].status is Status.LIVE
    assert block.inside(board.cards["1"].text) == "worse"


def test_done_stands_for_two_periods_and_is_opened_again_then(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a")], scope())
    board.edit("1", category=Category.DONE, resolution=Resolution.COMPLETED)
    for end in (OCTOBER, NOVEMBER):
        assert kinds(sync(board, register, [item("a")], scope(end))[0]) == []
    actions, _ = sync(board, register, [item("a")], scope(DECEMBER))
    assert kinds(actions) == ["transition", "comment"]
    assert board.cards["1"].category is Category.TODO


def test_done_is_opened_at_once_where_it_became_worse(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a", severity="medium")], scope())
    board.edit("1", category=Category.DONE, resolution=Resolution.COMPLETED)
    worse = item("a", severity="critical")
    assert kinds(sync(board, register, [worse], scope())[0]) == []  # not in the period in which it was closed
    actions, _ = sync(board, register, [worse], scope(NOVEMBER))
    assert actions[0].reason == "it was done, and is critical now"


# --- closing ----------------------------------------------------------------------------------------------------------


def test_a_card_is_closed_when_its_finding_was_looked_for_and_is_gone(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a"), item("b")], scope())
    actions, _ = sync(board, register, [item("b")], scope(NOVEMBER, gone=gone("a")))
    assert kinds(actions) == ["comment", "transition"]
    assert (board.cards["1"].category, board.cards["1"].resolution) == (Category.DONE, Resolution.COMPLETED)
    assert register.kept[mark("a")].status is Status.CLOSED
    assert kinds(sync(board, register, [item("b")], scope(NOVEMBER, gone=gone("a")))[0]) == []


def test_a_finding_that_nobody_could_look_for_closes_nothing(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a")], scope())
    actions, _ = sync(board, register, [], scope(NOVEMBER))
    assert [action.reason for action in actions] == ["nobody could look for its finding in 2026-12: it stays as it is"]
    assert board.cards["1"].category is Category.TODO


def test_an_older_period_changes_nothing(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a")], scope(NOVEMBER))
    for at in (scope(is_newest=False, gone=gone("a")), scope(gone=gone("a"))):
        for items in ([], [item("a", title="Old")], [item("c")]):
            if at.is_newest and items and items[0].fingerprint == mark("c"):
                continue
            assert kinds(sync(board, register, items, at)[0]) == []


def test_so_many_periods_must_it_be_gone(board: MemoryBoard, register: MemoryRegister) -> None:
    policy = Policy(close_after=2)
    sync(board, register, [item("a")], scope())
    for _ in range(2):  # the same period counts once
        assert kinds(sync(board, register, [], scope(NOVEMBER, gone=gone("a"), policy=policy))[0]) == []
    assert kinds(sync(board, register, [], scope(DECEMBER, gone=gone("a"), policy=policy))[0]) == ["comment", "transition"]


def test_findings_of_a_noisy_rule_must_be_gone_for_longer(board: MemoryBoard, register: MemoryRegister) -> None:
    policy = Policy(patience={item("a").rule: 2, "other": 5})
    sync(board, register, [item("a")], scope())
    assert kinds(sync(board, register, [], scope(NOVEMBER, gone=gone("a"), policy=policy))[0]) == []
    assert kinds(sync(board, register, [item("a")], scope(NOVEMBER, policy=policy))[0]) == []  # it is back: counted anew
    assert kinds(sync(board, register, [], scope(DECEMBER, gone=gone("a"), policy=policy))[0]) == []
    assert kinds(sync(board, register, [], scope(JANUARY, gone=gone("a"), policy=policy))[0]) == ["comment", "transition"]


@pytest.mark.parametrize("edit", [{"title": "Mine"}, {"assignee": "ann"}])
def test_a_card_that_is_somebodys_is_left_to_them(
    board: MemoryBoard, register: MemoryRegister, edit: dict[str, object]
) -> None:
    sync(board, register, [item("a")], scope())
    board.edit("1", **edit)
    sync(board, register, [item("a", text="worse")], scope())  # what was edited is noticed
    actions, _ = sync(board, register, [], scope(NOVEMBER, gone=gone("a")))
    assert kinds(actions) == ["comment", "update"]
    assert board.cards["1"].category is Category.TODO
    assert RESOLVED in board.cards["1"].labels
    assert kinds(sync(board, register, [], scope(NOVEMBER, gone=gone("a")))[0]) == []
    other = MemoryBoard()
    again = MemoryRegister()
    sync(other, again, [item("a")], scope())
    other.edit("1", **edit)
    sync(other, again, [], scope(NOVEMBER, gone=gone("a"), policy=Policy(close_edited=True)))
    assert other.cards["1"].category is Category.DONE


def test_a_crash_between_closing_and_remembering_is_mended(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a")], scope())

    def die(call: str) -> None:
        if call == "transition":
            raise Crash

    board.after = die
    with pytest.raises(Crash):
        sync(board, register, [], scope(NOVEMBER, gone=gone("a")))
    board.after = lambda _: None
    assert register.kept[mark("a")].status is Status.CLOSING
    actions, _ = sync(board, register, [item("a")], scope(DECEMBER))
    assert actions[0].reason == "its finding is back"  # we had closed it, no person
    assert board.cards["1"].category is Category.TODO


def _opened_again_and_forgotten(board: MemoryBoard, register: MemoryRegister) -> None:
    """A card that was closed is opened again for its finding is back, and the process dies before that is written down."""
    sync(board, register, [item("a")], scope())
    sync(board, register, [], scope(NOVEMBER, gone=gone("a")))

    def die(call: str) -> None:
        if call == "transition":
            raise Crash

    board.after = die
    with pytest.raises(Crash):
        sync(board, register, [item("a")], scope(DECEMBER))
    board.after = lambda _: None
    assert register.kept[mark("a")].status is Status.REOPENING
    assert board.cards["1"].category is Category.TODO


def test_what_a_person_drops_after_a_reopening_that_nobody_wrote_down_stays_so(
    board: MemoryBoard, register: MemoryRegister
) -> None:
    _opened_again_and_forgotten(board, register)
    board.edit("1", category=Category.DONE, resolution=Resolution.NOT_PLANNED)
    sync(board, register, [item("a")], scope(JANUARY))
    assert register.kept[mark("a")].status is Status.SUPPRESSED
    assert board.cards["1"].category is Category.DONE


def test_a_reopening_that_came_to_nothing_is_made_again(board: MemoryBoard, register: MemoryRegister) -> None:
    _opened_again_and_forgotten(board, register)
    board.edit("1", category=Category.DONE, resolution=Resolution.COMPLETED)  # as if it had died before the board was asked
    sync(board, register, [item("a")], scope(DECEMBER))
    assert register.kept[mark("a")].status is Status.LIVE
    assert board.cards["1"].category is Category.TODO


def test_an_accepted_card_whose_reopening_came_to_nothing_is_opened_again(board: MemoryBoard, register: MemoryRegister) -> None:
    """It lay there as not planned because the settings said so: no person has dropped it."""
    sync(board, register, [item("a")], scope())
    sync(board, register, [item("a")], scope(NOVEMBER, accepted={mark("a"): ("accepted", None)}))
    assert board.cards["1"].resolution is Resolution.NOT_PLANNED

    def die(call: str) -> None:
        if call == "transition":
            raise Crash

    board.before = die
    with pytest.raises(Crash):
        sync(board, register, [item("a")], scope(DECEMBER))
    board.before = lambda _: None
    sync(board, register, [item("a")], scope(DECEMBER))
    assert board.cards["1"].category is Category.TODO


def test_a_card_that_lies_open_gets_no_second_one_however_long_ago_it_was_closed(
    board: MemoryBoard, register: MemoryRegister
) -> None:
    sync(board, register, [item("a")], scope())
    sync(board, register, [], scope(NOVEMBER, gone=gone("a")))
    board.edit("1", category=Category.TODO, resolution=None)  # a person takes it up again
    sync(board, register, [item("a")], scope(date(2027, 6, 1)))
    assert list(board.cards) == ["1"]
    assert register.kept[mark("a")].status is Status.LIVE


def test_nothing_is_made_of_a_card_that_the_board_does_not_show(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a")], scope())
    sync(board, register, [], scope(NOVEMBER, gone=gone("a")))

    def closed_to_us(call: str) -> None:
        if call == "get":
            raise BoardForbiddenError("not for you")

    board.before = closed_to_us
    sync(board, register, [item("a")], scope(date(2027, 6, 1)))
    assert list(board.cards) == ["1"]


def test_what_comes_back_soon_is_the_same_card_and_late_a_new_one(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a")], scope())
    sync(board, register, [], scope(NOVEMBER, gone=gone("a")))
    actions, _ = sync(board, register, [item("a", text="again")], scope(JANUARY))
    assert kinds(actions) == ["transition", "comment", "update"]
    assert (board.cards["1"].category, len(board.cards)) == (Category.TODO, 1)
    sync(board, register, [], scope(JANUARY, gone=gone("a")))
    sync(board, register, [item("a")], scope(JUNE))
    assert len(board.cards) == 2
    assert board.cards["2"].reference == f"{board.cards['1'].reference}-2"
    assert board.cards["2"].text.count(board.cards["1"].url) == 1
    assert register.kept[mark("a")].sequence == 2
    assert kinds(sync(board, register, [item("a")], scope(JUNE))[0]) == []


def test_a_board_without_a_way_to_close_gets_a_label(register: MemoryRegister) -> None:
    board = MemoryBoard()
    sync(board, register, [item("a")], scope())

    def refuse(call: str) -> None:
        if call == "transition":
            raise CardRejectedError("no such transition")

    board.before = refuse
    _, carried = sync(board, register, [], scope(NOVEMBER, gone=gone("a")))
    assert carried.problems == ()
    assert RESOLVED in board.cards["1"].labels
    assert register.kept[mark("a")].status is Status.CLOSED


def test_more_than_half_at_once_is_looked_at_first(board: MemoryBoard, register: MemoryRegister) -> None:
    names = ("a", "b", "c", "d", "e", "f", "g")
    sync(board, register, [item(name) for name in names], scope())
    at = scope(NOVEMBER, gone=gone(*names[1:]))
    actions, _ = sync(board, register, [item("a")], at)
    assert kinds(actions) == []
    assert sum("more than 50% of the open cards" in action.reason for action in actions) == 6
    assert register.kept[mark("b")].misses == 0
    actions, _ = sync(board, register, [item("a")], replace(at, close_all=True))
    assert kinds(actions).count("transition") == 6


def test_accepted_in_the_settings_is_closed_and_opened_when_that_ends(board: MemoryBoard, register: MemoryRegister) -> None:
    sync(board, register, [item("a")], scope())
    accepted = {mark("a"): ("accepted by Ann until December 31, 2026", date(2026, 12, 31))}
    actions, _ = sync(board, register, [item("a")], scope(NOVEMBER, accepted=accepted))
    assert kinds(actions) == ["comment", "transition"]
    assert board.cards["1"].resolution is Resolution.NOT_PLANNED
    assert list(board.comments["1"].values()) == ["Accepted by Ann until December 31, 2026."]
    assert kinds(sync(board, register, [item("a")], scope(NOVEMBER, accepted=accepted))[0]) == []
    actions, _ = sync(board, register, [item("a")], scope(JANUARY))
    assert actions[0].reason == "it is not accepted any more"


# --- bounds -----------------------------------------------------------------------------------------------------------


def test_ten_new_cards_for_one_period_and_one_that_counts_the_rest(board: MemoryBoard, register: MemoryRegister) -> None:
    items = [item(f"n{number:02}") for number in range(13)]
    actions, _ = sync(board, register, items, scope())
    assert kinds(actions) == ["create"] * 11
    assert [card.title for card in board.cards.values() if "more" in card.title] == ["3 more action items wait for a card"]
    written = len(board.writes)
    assert kinds(sync(board, register, items, scope())[0]) == []
    assert len(board.writes) == written
    sync(board, register, items, scope(NOVEMBER))
    overflow = next(entry for entry in register.kept.values() if entry.rule == OVERFLOW)
    assert len([card for card in board.cards.values() if card.category is Category.TODO]) == 13
    assert overflow.status is Status.CLOSED
    assert [card.title for card in board.cards.values()].count("Mend n12") == 1


def test_titles_and_fields_fit_the_board(register: MemoryRegister) -> None:
    board = MemoryBoard(Capabilities(priority=False, due=False, labels=False, comments=False, max_title=12, max_text=30))
    sync(board, register, [item("a", title="A title that is too long", text="x" * 99)], scope())
    card = board.cards["1"]
    assert (card.title, card.priority, card.due, card.labels) == ("A title tha…", None, None, frozenset())
    assert kinds(sync(board, register, [item("a", title="A title that is too long", text="x" * 99)], scope())[0]) == []
    assert Content("", "").labels == frozenset()


def test_a_plan_alone_changes_nothing(board: MemoryBoard, register: MemoryRegister) -> None:
    actions = planned(board, register, [item("a")], scope())
    assert kinds(actions) == ["create"]
    assert (board.writes, register.kept) == ([], {})
