from simcluster.core.problems import Problem, ScenarioError, dotted, render


def test_a_problem_shows_its_place_line_caret_and_hint() -> None:
    problem = Problem("unknown key", ("a", 0, "b c"), "did you mean 'd'?", "s.toml", 3, 2, "\tx = 1")
    assert render([problem]).split("\n") == [
        's.toml:3:2: a[0]."b c": unknown key',
        "    \tx = 1",
        "    \t^",
        "    hint: did you mean 'd'?",
    ]


def test_what_is_not_known_is_left_out() -> None:
    assert render([Problem("is empty", file="s.toml"), Problem("oops")]) == "s.toml: is empty\noops"


def test_the_error_carries_every_problem() -> None:
    problems = (Problem("one"), Problem("two"))
    error = ScenarioError(problems)
    assert error.problems == problems
    assert str(error) == "one\ntwo"


def test_keys_that_need_quotes_get_them() -> None:
    assert dotted(("a", 'say "x"')) == 'a."say \\"x\\""'
