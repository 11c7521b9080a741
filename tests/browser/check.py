"""What every screen must pass in a real browser: axe finds nothing, the console is silent, nothing is too wide."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe

#: the narrowest phone we promise, and a small desk
WIDTHS = (390, 1280)
#: only violations come back: all that passed is a megabyte of JSON a page
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    "resultTypes": ["violations"],
}
_AXE = Axe().axe_script
_ASK = "([scope, rules]) => axe.run(scope || document, rules).then(found => found.violations)"

#: things that stick out of the page on purpose stand in a box that scrolls
_WIDER = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const name = el => el.tagName + '.' + (el.className.baseVal ?? el.className);
  const out = [...document.querySelectorAll('body *')].filter(el => {
    const box = el.getBoundingClientRect();
    const over = box.right > wide + 1 || box.left + el.scrollWidth > wide + 1;
    return box.width && over && !el.closest('.scroll, .vh');
  });
  return ['page: ' + document.documentElement.scrollWidth, ...out.slice(-5).map(name)];
}"""


def settled(page: Any) -> None:
    """Wait until a page that was just opened stands: loaded, its fonts there, nothing asked for by htmx under way.

    Playwright's "networkidle" waits half a second of silence more, for every page.
    """
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")
    page.wait_for_function("!document.querySelector('.htmx-request')")


def findings(page: Any, *, include: str = "") -> list[str]:
    """axe's findings as readable lines; `include`: only inside this CSS selector."""
    if not page.evaluate("'axe' in window"):  # once for a page, not once for each of its widths
        page.evaluate(_AXE)
    violations = page.evaluate(_ASK, [include, RULES])
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:160]} — "
        + (node.get("failureSummary") or "").replace("\n", " ")[:300]
        for violation in violations
        for node in violation["nodes"]
    ]


def check_page(page: Any, *, include: str = "", widths: tuple[int, ...] = WIDTHS) -> None:
    """Assert that the page now open is clean at each width. `page` comes from the `staff` or `visitor` fixture."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844 if width < 500 else 800})
        page.wait_for_timeout(50)
        too_wide = page.evaluate(_WIDER)
        assert not too_wide, f"{page.url} at {width} px: wider than the screen: {too_wide}"
        found = findings(page, include=include)
        assert not found, f"{page.url} at {width} px:\n" + "\n".join(found)
    assert not page.console_errors, f"{page.url}: {page.console_errors}"
