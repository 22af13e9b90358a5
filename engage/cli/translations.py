"""`engage translations`: gather the English strings, bring the translators' files up to date, check them, show how far they are."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from engage.cli.extracting import extract
from engage.core import catalogues
from engage.core.catalogues import DOMAINS, FOLDER, Entry
from engage.core.config import PROJECT
from engage.core.languages import LANGUAGES, SOURCE
from engage.core.translation_checks import faults
from engage.core.translation_exceptions import exceptions
from engage.notify import template_files
from engage.surveys import loader

TRANSLATED = tuple(code for code in LANGUAGES if code != SOURCE)


@click.group()
def translations() -> None:
    """The words of families in every language: pages, surveys and messages alike. docs/translating.md says how to work."""


@translations.command("extract")
def extract_command() -> None:
    """Gather every English string into translations/messages.pot and surveys.pot."""
    catalogue = loader.load(PROJECT / "surveys")
    for domain in DOMAINS:
        template = extract(domain, catalogue)
        written = write_catalogue(
            template, catalogues.pot_path(domain), header=f"English strings of the domain {domain}."
        )
        click.echo(f"{domain}: {len(template)} strings{'' if written else ', as before'}.")


@translations.command()
@click.argument("languages", nargs=-1, type=click.Choice(TRANSLATED))
def update(languages: tuple[str, ...]) -> None:
    """Bring the files of each language up to date: new strings come empty, old ones are kept at the end for their words."""
    for language in languages or TRANSLATED:
        for domain in DOMAINS:
            fresh, lost = bring_up_to_date(language, domain)
            there = sum(bool(entry.is_there) for entry in catalogues.entries_of(fresh).values())
            click.echo(
                f"{language} {domain}: {there} of {len(fresh)} strings{f', {lost} no longer used' if lost else ''}."
            )


@translations.command()
def check() -> None:
    """Name everything wrong: strings that are missing, placeholders, markup, words left in English, English too hard to read."""
    from engage.cli.reading_age import too_hard

    found = [*pot_faults(), *po_faults(), *too_hard()]
    for line in found:
        click.echo(line, err=True)
    if found:
        sys.exit(1)
    click.echo("All sound: every string, in every language that has been begun.")


@translations.command()
def progress() -> None:
    """How far each language has come."""
    templates = template_files.load(PROJECT / "notify_templates")
    for language in TRANSLATED:
        parts = templates.progress(language)
        said = ", ".join(f"{part.name.lower()} {part.there}/{part.total} ({part.reviewed} reviewed)" for part in parts)
        click.echo(f"{language} {LANGUAGES[language].in_english}: {said}")


def write_catalogue(catalogue: Catalog, path: Path, *, header: str) -> bool:
    """Write the file unless it already says the same; whether it was written."""
    if path.exists():
        with path.open("rb") as file:
            standing = catalogues.read_catalogue(file, None)
        if _same(standing, catalogue):
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.header_comment = f"# {header}"
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, include_lineno=False, sort_output=False, omit_header=False)
    return True


def _same(one: Catalog, other: Catalog) -> bool:
    def said(catalogue: Catalog) -> object:
        strings = [catalogues.entries_of(catalogue), list(catalogue.obsolete)]
        return [*strings, [message.context for message in catalogue]]

    return said(one) == said(other)


def bring_up_to_date(language: str, domain: str, folder: Path = FOLDER) -> tuple[Catalog, int]:
    """The language's file with exactly the strings of the template: what was translated keeps its words and its review, what
    came back gets its old words again, and what is no longer used waits at the end. The catalogue, and how many wait."""
    with catalogues.pot_path(domain, folder).open("rb") as file:
        template = catalogues.read_catalogue(file, None)
    path = catalogues.po_path(language, domain, folder)
    standing = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            standing = catalogues.read_catalogue(file, language)
    known = {(message.context, _first(message.id)): message for message in standing if message.id}
    waiting = {(message.context, _first(message.id)): message for message in standing.obsolete.values()}
    fresh = Catalog(
        locale=language,
        project="Engage",
        charset="utf-8",
        fuzzy=False,
        last_translator=standing.last_translator,
        creation_date=standing.creation_date,
        revision_date=standing.revision_date,
    )
    for message in template:
        if not message.id:
            continue
        key = (message.context, _first(message.id))
        before = known.pop(key, None) or waiting.pop(key, None)
        fits = before is not None and isinstance(before.id, tuple) == isinstance(message.id, tuple)
        fresh.add(
            message.id,
            string=before.string if before is not None and fits else None,
            locations=message.locations,
            auto_comments=message.auto_comments,
            user_comments=before.user_comments if before is not None and fits else (),
            context=message.context,
        )
    for key, message in [*known.items(), *waiting.items()]:
        if message.string and any(message.string):
            fresh.obsolete[key] = message  # type: ignore[index]  # a key of its own, so that none takes another's place
    write_catalogue(
        fresh, path, header=f"{LANGUAGES[language].in_english}: {domain}. docs/translating.md says how to work."
    )
    return fresh, len(fresh.obsolete)


def _first(words: object) -> str:
    return str(words[0]) if isinstance(words, (tuple, list)) else str(words)


def pot_faults() -> Iterator[str]:
    """Strings that the templates of the domains lack, or no longer should hold."""
    catalogue = loader.load(PROJECT / "surveys")
    for domain in DOMAINS:
        now, then = catalogues.entries_of(extract(domain, catalogue)), catalogues.source_entries(domain)
        if set(now) != set(then):
            new, old = len(set(now) - set(then)), len(set(then) - set(now))
            yield f"translations/{domain}.pot is out of date ({new} new, {old} gone). Run: engage translations extract"


def po_faults() -> Iterator[str]:
    """Everything wrong in the files of each language that has been begun."""
    same = frozenset(one.words for one in exceptions().same_as_english)
    for language in catalogues.languages_with_files():
        if language not in TRANSLATED:
            yield f"translations/{language}: this is no language of ours. Mend the folder's name or take it out."
            continue
        for domain in DOMAINS:
            place = catalogues.po_path(language, domain).relative_to(PROJECT)
            yield from (f"{place}: {fault}" for fault in _domain_faults(language, domain, same))


def _domain_faults(language: str, domain: str, same: frozenset[str]) -> Iterator[str]:
    known: Mapping[catalogues.Key, Entry] = catalogues.entries(language, domain)
    for key, source in catalogues.source_entries(domain).items():
        entry = known.get(key)
        if entry is None or not any(entry.strings):
            yield f"“{source.msgid}” is missing."
            continue
        for fault in faults(source, entry, language, may_be_the_same=same):
            yield f"“{source.msgid}”: {fault}"
