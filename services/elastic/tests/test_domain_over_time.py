"""What decisions come to over hours: money, bounds, calm, and the way back."""

import random

import pytest

from onemanage.elastic.domain.groups import Bounds

from .samples import policy
from .world import TICK, World

A_LITTLE = 1e-6


@pytest.mark.parametrize("seed", range(8))
def test_no_hour_and_no_day_costs_more_than_its_budget_and_no_bound_is_passed(
    seed: int,
) -> None:
    dice = random.Random(seed)
    bounds = Bounds(most=dice.randint(1, 12), most_heavy=dice.randint(0, 3))
    by = policy(
        bounds={"psd": bounds},
        step=dice.randint(1, 6),
        cool_down=dice.choice([0.0, 30.0, 90.0]),
        age=dice.choice([600.0, 1800.0]),
        last_task=60.0,
        budget_hour=dice.uniform(0.2, 5.0),
        budget_day=dice.uniform(0.5, 20.0),
    )
    world = World(by, lasts=dice.choice([2.0, 20.0, 60.0]))
    ticks = 0

    def watch() -> None:
        nonlocal ticks
        ticks += 1
        assert world.have() <= bounds.most
        assert world.have(heavy=True) <= bounds.most_heavy
        if ticks % 24 == 0:
            assert world.spent(1) <= (by.budget_hour or 0) + A_LITTLE
            assert world.spent(24) <= (by.budget_day or 0) + A_LITTLE

    def arrivals(_: float) -> int:
        return (
            dice.choice([0, 0, 0, 5, dice.randint(0, 40)]) if dice.random() < 0.4 else 0
        )

    world.run(2, arrivals, watch, heavy=lambda: int(dice.random() < 0.05))

    assert ticks > 1000


def test_under_a_steady_load_groups_come_and_then_stay() -> None:
    """Ten slots' work, of which two are always there: four groups of two."""
    world = World(policy(bounds={"psd": Bounds(most=10)}, age=1e6))
    share = 10 * TICK / 6.0

    def arrivals(passed: float) -> int:
        return int(passed / TICK * share) - int((passed / TICK - 1) * share)

    world.run(1, arrivals)
    settled, begun = len(world.waited), len(world.starts)
    world.run(3, arrivals)

    assert world.have() >= 4
    assert len(world.starts) - begun <= 3  # in three hours
    assert max(world.waited[settled:]) <= 2 * world.policy.target


def test_after_a_flood_there_is_nothing_of_it_left() -> None:
    world = World(policy())

    world.run(0.5, lambda passed: 400 if passed == TICK else 0)

    assert world.queue == []
    assert max(world.waited) < 400 * 6.0 / 2  # what the one worker would have needed
    assert world.live() == []


def test_at_its_age_a_group_is_replaced_while_there_is_work() -> None:
    world = World(policy(age=600.0, bounds={"psd": Bounds(most=2)}))
    fewest = []

    world.run(1, lambda _: 5, lambda: fewest.append(world.have()))

    assert len(world.groups) >= 10
    assert sum(have < 2 for have in fewest[12:]) < 0.1 * len(fewest)
