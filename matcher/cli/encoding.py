"""Encoding in bulk, before a first index of many records."""

from __future__ import annotations

from typing import Annotated

import typer

from matcher.cli.session import Json, Session
from matcher.encoder.bulk import Crew
from matcher.services.bulk import encode_records


def encode(
    *,
    workers: Annotated[int, typer.Option("--workers", min=1, max=4096, help="进程数。How many processes.")] = 2,
    cluster: Annotated[
        str,
        typer.Option(
            "--cluster", metavar="HOST:PORT", help="Ray 集群；默认本机。A Ray cluster; default: this machine."
        ),
    ] = "",
    json: Json = False,
) -> None:
    """多进程批量编码（Ray），可随时中断、续做。Encode all that is missing in many processes (Ray); resumable."""
    with Session() as session:
        parts = session.installation
        crew = Crew(workers, parts.settings.encoder, parts.settings.cache_folder / "encoder", cluster)
        _ = parts.encoder.dimension  # built once, here, and found by the workers
        with session.busy():
            done = encode_records(parts.database, parts.encoder, crew, lambda total: session.encoding("encode", total))
        if json:
            session.screen.json(done)
        else:
            session.screen.print(
                session.screen.say(
                    f"共 {done['texts']} 段文本，新编码 {done['encoded']} 段。",
                    f"{done['texts']} texts, {done['encoded']} of them encoded now.",
                )
            )
