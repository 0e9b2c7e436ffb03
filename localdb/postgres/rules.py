"""The rules of the base as PL/pgSQL triggers: one function for each, of the rule's own name."""

from localdb.schema.triggers import FOLLOWS, Follow, Refusal, refusals


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $rule$ {body} $rule$"


def _trigger(name: str, moment: str, table: str) -> str:
    return f"CREATE TRIGGER {name} {moment} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"


def _refusal(rule: Refusal) -> tuple[str, str]:
    # a condition that looks at other rows may stand in a function alone
    row = "OLD" if rule.moment == "DELETE" else "NEW"
    refuse = f"RAISE EXCEPTION USING ERRCODE = '23000', MESSAGE = '{rule.name}';"
    body = f"BEGIN IF ({rule.when or 'TRUE'}) THEN {refuse} END IF; RETURN {row}; END"
    moment = f"BEFORE {rule.moment}"
    return _function(rule.name, body), _trigger(rule.name, moment, rule.table)


def _follow(rule: Follow) -> tuple[str, str]:
    body = f"BEGIN IF ({rule.when or 'TRUE'}) THEN {rule.statement}; END IF; RETURN NULL; END"
    return _function(rule.name, body), _trigger(rule.name, "AFTER INSERT", rule.table)


def _never_emptied(table: str, rule: str) -> str:
    """TRUNCATE would pass by what guards each row."""
    return (
        f"CREATE TRIGGER {rule}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
        f" EXECUTE FUNCTION {rule}()"
    )


def server_triggers() -> tuple[str, ...]:
    """All rules, as statements."""
    always = (rule for rule in refusals() if rule.moment == "DELETE" and not rule.when)
    return (
        *(text for rule in refusals() for text in _refusal(rule)),
        *(text for rule in FOLLOWS for text in _follow(rule)),
        *(_never_emptied(rule.table, rule.name) for rule in always),
    )
