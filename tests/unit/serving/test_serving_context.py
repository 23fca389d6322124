"""What a page's address may ask for."""

import pytest

from workbench.serving import context


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("", ""),
        ("subset=street", "street"),
        ("theme=dark&subset=a%20b", "a b"),
        ("subset=one&subset=two", "two"),
        ("subset=a%00b", ""),
        ("other=street", ""),
    ],
)
def test_a_page_is_asked_for_something_by_name(monkeypatch, query, meant):
    monkeypatch.setenv(context.QUERY, query)
    assert context.asked("subset") == meant


def test_links_to_other_screens_are_for_served_pages_only(monkeypatch):
    monkeypatch.delenv(context.USER, raising=False)
    assert not context.is_served()
    monkeypatch.setenv(context.USER, "ann")
    assert context.is_served()
