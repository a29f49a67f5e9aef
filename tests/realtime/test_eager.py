# SPDX-License-Identifier: EUPL-1.2
"""Coroutines run on the spot, and the rest of those that have to wait."""

from __future__ import annotations

import asyncio

import pytest

from vconf.realtime.eager import run_now

pytestmark = pytest.mark.asyncio


async def test_what_does_not_wait_is_done_at_once() -> None:
    done: list[str] = []

    async def quick() -> None:
        done.append("quick")

    assert run_now(quick()) is None
    assert done == ["quick"]


async def test_what_waits_goes_on_when_awaited() -> None:
    done: list[str] = []
    gates = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        for gate in gates:
            done.append("waits")
            await gate.wait()
        done.append("done")

    rest = run_now(slow())
    assert rest is not None
    assert done == ["waits"]
    task = asyncio.ensure_future(rest)
    for gate in gates:
        await asyncio.sleep(0)
        gate.set()
    await task
    assert done == ["waits", "waits", "done"]


async def test_an_error_at_once_is_raised_at_once() -> None:
    async def fails() -> None:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        run_now(fails())


async def test_an_error_later_is_raised_where_the_rest_is_awaited() -> None:
    async def fails() -> None:
        await asyncio.sleep(0.01)
        raise OSError("gone")

    rest = run_now(fails())
    assert rest is not None
    with pytest.raises(OSError, match="gone"):
        await rest


async def test_a_cancellation_reaches_the_coroutine() -> None:
    heard: list[str] = []

    async def waits_for_ever() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            heard.append("cancelled")
            raise

    rest = run_now(waits_for_ever())
    assert rest is not None
    task = asyncio.ensure_future(rest)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert heard == ["cancelled"]


async def test_a_coroutine_may_swallow_its_cancellation() -> None:
    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return

    rest = run_now(stubborn())
    assert rest is not None
    task = asyncio.ensure_future(rest)
    await asyncio.sleep(0)
    task.cancel()
    await task
