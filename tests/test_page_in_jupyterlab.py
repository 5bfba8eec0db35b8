"""The page inside a notebook, in a real JupyterLab: trusted, and as it came by mail."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from browser import Log

from autograd import Value, draw

pytest.importorskip("jupyterlab", reason="needs JupyterLab: pip install jupyterlab")
PATIENCE = 60_000  # milliseconds


@pytest.fixture(scope="module")
def notebook():
    """A notebook with the page as output of a cell, as JupyterLab would have saved it."""
    x, w = Value(2.0, "</script><b>x</b>"), Value(-3.0, "w")
    page = draw((w * x).tanh()).page()
    output = {
        "output_type": "execute_result",
        "execution_count": 1,
        "metadata": {},
        "data": {"text/html": page._repr_html_(), "text/plain": repr(page)},
    }
    cell = {
        "cell_type": "code",
        "id": "page",
        "metadata": {},
        "execution_count": 1,
        "outputs": [output],
        "source": "draw(y).page()",
    }
    # Without a kernel's name JupyterLab opens a dialog that asks for one.
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture(scope="module")
def lab(tmp_path_factory, notebook):
    """The address of a JupyterLab with the notebook twice, one of them trusted."""
    home = tmp_path_factory.mktemp("lab")
    for name in ("mailed", "trusted"):
        # Trust is in the text, not in the file: the two have to differ.
        (home / f"{name}.ipynb").write_text(
            json.dumps({**notebook, "metadata": {**notebook["metadata"], "title": name}}), encoding="utf-8"
        )
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    folders = {f"JUPYTER_{what}_DIR": str(home / what.lower()) for what in ("CONFIG", "DATA", "RUNTIME")}
    environment = {**os.environ, **folders, "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"), "HOME": str(home)}
    subprocess.run(
        [sys.executable, "-m", "jupyter", "trust", "trusted.ipynb"],
        cwd=home,
        env=environment,
        check=True,
        capture_output=True,
    )
    token = secrets.token_hex()
    options = [f"--port={port}", f"--IdentityProvider.token={token}", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "lab", *options], cwd=home, env=environment, stdout=log, stderr=log
        )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                urlopen(f"{address}/api").close()
                break
            except URLError:
                time.sleep(0.1)
        # Each in a workspace of its own: JupyterLab opens again what was open before.
        yield lambda name: f"{address}/lab/workspaces/{name}/tree/{name}.ipynb?token={token}"
    finally:
        server.terminate()  # it shuts the kernels down as well
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture
def opened(browser, lab):
    context = browser.new_context(viewport={"width": 1400, "height": 950})

    def open_notebook(name):
        page = context.new_page()
        log = Log(page)
        page.goto(lab(name))
        page.wait_for_selector(".jp-OutputArea-output img, .jp-OutputArea-output iframe", timeout=PATIENCE)
        return page, log

    yield open_notebook
    context.close()


def test_in_a_trusted_notebook_the_page_steps(opened):
    page, log = opened("trusted")
    frame = page.frame_locator(".jp-OutputArea-output iframe")
    frame.locator("#last").click()
    assert "The backward pass is complete" in frame.locator("#sentence").inner_text()
    assert frame.locator(".node text >> nth=0").text_content() == "w"
    frame.locator("#first").click()
    assert frame.locator("#place").inner_text() == "0 of 7"
    assert not [message for message in log.messages if "srcdoc" in message or "Content Security" in message]


def test_in_a_notebook_that_came_by_mail_it_is_the_picture(opened):
    page, _ = opened("mailed")
    output = page.locator(".jp-OutputArea-output").first
    assert output.locator("iframe").count() == 0
    image = output.locator("img")
    assert image.evaluate("image => image.complete && image.naturalWidth > 50")
    assert output.inner_text().strip() == ""
