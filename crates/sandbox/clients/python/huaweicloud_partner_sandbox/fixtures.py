"""Fixtures of pytest. They are there as soon as the package is installed."""

import pytest

from . import Server


@pytest.fixture(scope="session")
def partner_sandbox():
    """The server, started once."""
    with Server("--without-quotas") as server:
        yield server


@pytest.fixture
def partner_world_source():
    """What the worlds of the tests are made of; override it with another name, a scenario or a snapshot."""
    return "everyone"


@pytest.fixture
def partner_world(partner_sandbox, partner_world_source):
    """A world of its own for each test."""
    world = partner_sandbox.open(partner_world_source)
    yield world
    partner_sandbox.close(world)
