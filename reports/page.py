"""`report.html`: the run as one page that needs no network."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from reports.run import Run


def render_page(run: Run) -> str:
    """The whole page; foreign text in it is text, whatever it holds."""
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template("report.html.j2").render(summary=run.summary)
