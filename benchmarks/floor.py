"""The floor of answering: a bare Flask app with a view that renders a small template and one that inserts a row."""

import os
from typing import Any

import click
from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from jinja2 import DictLoader
from sqlalchemy import JSON, Column, Integer, MetaData, String, Table, create_engine, event, insert

from engage.cli.serving import serve_app

DATABASE = "FLOOR_DATABASE_URL"

metadata = MetaData()
rows = Table(
    "floor_row",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("whose", String(64), index=True),
    Column("answers", JSON),
)

PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{{ heading }}</title></head>
<body>
<h1>{{ heading }}</h1>
<form method="post">
{% for code, label in options %}
<label><input type="radio" name="answer" value="{{ code }}"{% if code == chosen %} checked{% endif %}> {{ label }}</label>
{% endfor %}
<button>Continue</button>
</form>
</body>
</html>
"""
OPTIONS = [("5", "Strongly agree"), ("4", "Agree"), ("3", "Neither"), ("2", "Disagree"), ("1", "Strongly disagree")]


def _as_engage_does(connection: Any, _entry: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def create_app() -> Flask:
    """The two bare views. Its SQLite keeps what it is given as safely as Engage's does."""
    app = Flask("benchmarks.floor")
    app.jinja_loader = DictLoader({"page.html": PAGE})
    engine = create_engine(os.environ[DATABASE])
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _as_engage_does)
    metadata.create_all(engine)

    @app.get("/<whose>")
    def page(whose: str) -> str:
        return render_template("page.html", heading=f"Question {len(whose)}", options=OPTIONS, chosen="4")

    @app.post("/<whose>")
    def row(whose: str) -> ResponseReturnValue:
        with engine.begin() as connection:
            connection.execute(insert(rows).values(whose=whose, answers={"answer": request.form["answer"]}))
        return "", 303, {"Location": f"/{whose}"}

    return app


@click.command()
@click.option("--port", required=True, type=int)
def main(port: int) -> None:
    """Serve it as Engage is served."""
    serve_app("benchmarks.floor:create_app", host="127.0.0.1", port=port, workers=1)


if __name__ == "__main__":
    main()
