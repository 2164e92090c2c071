"""The desk: where a coordinator runs a cycle in the browser.

How to add a page or an act
---------------------------
A module has a function `add_routes(routes: DeskRoutes) -> None`, and stands in `portal.desk.app.PARTS`. A route says
who may use it; one that does not is denied to everybody, and the tests walk through all of them.

    def add_routes(routes: DeskRoutes) -> None:
        routes.page("/desk/{slug}/remind", show, may=may_coordinate)
        routes.act("/desk/{slug}/remind", review, may=may_coordinate)
        routes.act("/desk/{slug}/remind/confirm", remind, may=may_coordinate)

A handler gets a `Visit` and gives a response. The visit knows the account and its language (`visit.say`), the cycle of
`{slug}` (already looked up, and permitted), the form of an act (its CSRF token already checked), the cycle's clock
(`visit.now`) and the actor for the journal (`visit.actor`). It renders (`visit.page`), says something on the next page
(`visit.tell`) and goes there (`visit.go`).

An act that matters is reviewed first: `visit.review(...)` shows what will happen with what was typed sealed into the
page, and the confirming route reads it back with `visit.reviewed()`; what is done is what was shown. A form that is
not right is shown again with `visit.page(..., status=UNPROCESSABLE, typed=visit.form, faults=...)`.

Templates extend `desk/layout.html` or, inside a cycle, `desk/cycle_layout.html`; `desk/parts.html` has the macros for
hidden fields, faults, pages and bars. The page of a cycle lists what can be done through `cycle_acts` in
`portal.desk.menu`: add a line there, under what the act concerns.
"""
