"""A researcher brings a data set: upload, refusal, preview, event playback, and a study on it."""

import io
import re
import zipfile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.accessibility import violations
from tests.browser.visit import Visit, fresh_link
from tests.hostile import zipped

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
PATIENCE_MS = 60_000
SIDE, PER_CLASS = 16, 12


def picture(label: int, k: int) -> bytes:
    """A bright bar, upright or lying, on noise."""
    pixels = np.random.default_rng(label * 100 + k).integers(0, 60, (SIDE, SIDE, 3), np.uint8)
    pixels[:, 6:10] = 230
    file = io.BytesIO()
    Image.fromarray(pixels if label else pixels.transpose(1, 0, 2).copy()).save(file, "PNG")
    return file.getvalue()


def pictures_zip() -> bytes:
    return zipped(
        {
            f"{name}/{k}.png": picture(label, k)
            for label, name in enumerate(("lying", "upright"))
            for k in range(PER_CLASS)
        }
    )


def recording(label: int, k: int) -> bytes:
    """800 events of a dot that wanders right (class 0) or left; ON in front, OFF behind."""
    t = np.arange(800, dtype=np.int64) * 100
    x = (t * 32 // 80_000) if label == 0 else 31 - (t * 32 // 80_000)
    file = io.BytesIO()
    np.savez(file, t=t, x=x.astype(np.int16), y=(8 + (t + k) % 16).astype(np.int16), p=(t // 100 % 2).astype(bool))
    return file.getvalue()


def events_zip() -> bytes:
    return zipped(
        {f"{name}/{k}.npz": recording(label, k) for label, name in enumerate(("right", "left")) for k in range(5)}
    )


@pytest.fixture
def visit(browser, running_studio):
    return Visit(browser, fresh_link(running_studio))


def add(page: Page, name: str, content: bytes, title: str) -> None:
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + "/datasets")
    page.locator("#file").set_input_files({"name": name, "mimeType": "application/zip", "buffer": content})
    page.locator("#title").fill(title)
    page.locator("#go").click()


def test_images_are_uploaded_looked_at_and_searched_on(visit, pictures):
    page = visit.page
    add(page, "bars.zip", pictures_zip(), "Bars")
    page.wait_for_url(re.compile(r"/datasets/[0-9a-f-]{36}$"), timeout=PATIENCE_MS)
    expect(page.locator("#state")).to_have_text("ready", timeout=PATIENCE_MS)

    rows = page.locator("table.classes tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("lying")
    drawn = rows.nth(0).locator("img")
    expect(drawn).to_have_js_property("naturalHeight", SIDE + 1)
    expect(drawn).to_have_js_property("naturalWidth", 8 * (SIDE + 1))
    expect(page.locator("#facts")).to_contain_text("20 training, 4 test")
    expect(page.locator("#facts")).to_contain_text("3 × 16 × 16")

    # the split of a seed: 16 + 4 of the 20 training images; another seed, other indices
    table = page.locator("table.splits tbody tr")
    expect(table.nth(1)).to_contain_text("4")
    first = page.locator("#split .hint").inner_text()
    page.locator("#split-controls input").nth(1).fill("7")
    expect(page.locator("#split .hint")).not_to_have_text(first)
    page.locator("#split-controls input").nth(0).fill("0.9")
    expect(page.locator("#split-problem")).to_have_text("fraction: must be 0.05 to 0.5")
    visit.problems[:] = [problem for problem in visit.problems if not problem.startswith("422")]  # asked for above
    page.locator("#split-controls input").nth(0).fill("0.2")

    # augmentation, before and after: five rows of eight images
    shown = page.locator("#augmented img")
    expect(shown).to_have_js_property("naturalHeight", 5 * (SIDE + 1))
    page.locator("#augmentation-kind").select_option("crop_flip")
    expect(shown).to_have_attribute("src", re.compile("crop_flip"))
    expect(shown).to_have_js_property("naturalWidth", 8 * (SIDE + 1))
    visit.take_pictures(pictures, "dataset-images")
    assert violations(page) == []

    # a study on it keeps it from being deleted
    page.get_by_role("link", name="New study with it").click()
    page.wait_for_url(re.compile(r"/studies/new\?dataset="))
    expect(page.locator("#name")).to_have_value("Bars")
    expect(page.locator("#launch")).to_be_enabled(timeout=PATIENCE_MS)
    page.locator("#launch").click()
    page.wait_for_url(re.compile(r"/studies/[0-9a-f-]{36}$"))
    expect(page.locator("#log li").filter(has_text="epoch 1 of")).to_have_count(1, timeout=PATIENCE_MS)
    page.get_by_role("button", name="Cancel").click()
    page.locator(".facts a").filter(has_text="images").click()
    expect(page.locator("#uses")).to_contain_text("Bars")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Confirm delete").click()
    expect(page.locator("#action-problem")).to_contain_text("used by 1 study")
    assert [problem for problem in visit.problems if not problem.startswith("409")] == []


def test_an_upload_goes_on_after_the_page_was_left(visit, running_studio):
    page, content = visit.page, pictures_zip()
    page.goto(running_studio.url + "/datasets")
    made = page.evaluate(
        """async (size) => {
          const { send } = await import("/static/lib/http.js");
          const asked = { source: "upload", title: "Halves", file: "bars.zip", size };
          return (await send("POST", "/api/datasets", asked)).data.id;
        }""",
        len(content),
    )
    half = len(content) // 2
    sent = page.evaluate(
        """async ([id, bytes]) => {
          const { send } = await import("/static/lib/http.js");
          return (await send("PUT", `/api/datasets/${id}/content?offset=0`, new Blob([new Uint8Array(bytes)]))).data;
        }""",
        [made, list(content[:half])],
    )
    assert sent == {"received": half}
    page.goto(f"{running_studio.url}/datasets/{made}")
    expect(page.locator("#work")).to_contain_text("Choose the same file to continue")
    page.locator("#again").set_input_files({"name": "other.zip", "mimeType": "application/zip", "buffer": content})
    expect(page.locator("#action-problem")).to_contain_text("this is other.zip")
    page.locator("#again").set_input_files({"name": "bars.zip", "mimeType": "application/zip", "buffer": content})
    expect(page.locator("#state")).to_have_text("ready", timeout=PATIENCE_MS)
    assert visit.problems == []
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Confirm delete").click()
    page.wait_for_url("**/datasets")
    assert not (running_studio.var / "data" / "uploads" / made).exists()


def test_recordings_are_played_as_the_network_sees_them(visit, running_studio, pictures):
    page = visit.page
    add(page, "dots.zip", events_zip(), "Dots")
    page.wait_for_url(re.compile(r"/datasets/[0-9a-f-]{36}$"), timeout=PATIENCE_MS)
    expect(page.locator("#state")).to_have_text("ready", timeout=PATIENCE_MS)
    canvas = page.locator("#player")
    expect(canvas).to_have_attribute("aria-label", "left, 1: time step 1 of 8: 50 ON and 50 OFF events")
    page.locator("#player-t").select_option("4")
    expect(canvas).to_have_attribute("aria-label", "left, 1: time step 1 of 4: 100 ON and 100 OFF events")

    # the dot of class "right" stands in the left quarter at first and in the right one at last
    page.locator("#player-recording").select_option(label="right, 1")
    for step, half in ((0, "left"), (3, "right")):
        page.locator("#player-step").fill(str(step))
        expect(canvas).to_have_attribute("aria-label", re.compile(f"right, 1: time step {step + 1} of 4"))
        drawn = page.evaluate(
            """() => {
              const canvas = document.getElementById("player");
              const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
              const columns = new Set();
              for (let k = 0; k < data.length; k += 4) {
                if (data[k] !== data[0] || data[k + 2] !== data[2]) columns.add(((k / 4) % width) / width);
              }
              return [Math.min(...columns), Math.max(...columns)];
            }"""
        )
        assert (drawn[1] < 0.3) if half == "left" else (drawn[0] > 0.7)
    page.locator("#player-step").fill("0")
    page.locator("#player-play").click()
    # looked at in every frame: at 8 steps a second a look now and then may miss one
    page.evaluate(
        """() => new Promise((done) => {
          const canvas = document.getElementById("player");
          const look = () => (canvas.ariaLabel.includes("time step 4 of 4") ? done() : requestAnimationFrame(look));
          look();
        })"""
    )
    page.locator("#player-play").click()
    visit.take_pictures(pictures, "dataset-events")
    assert violations(page) == []

    # Play, pressed before the frames are here, plays them once they are
    held: list[Route] = []
    page.route("**/frames?*", lambda route: held.append(route))
    with page.expect_request("**/frames?*"):
        page.reload()
    page.locator("#player-play").click()
    expect(page.locator("#player-play")).to_have_text("Pause")
    held[0].continue_()
    expect(canvas).to_have_attribute("aria-label", re.compile("time step [2-8] of 8"))
    assert visit.problems == []


def test_a_hostile_upload_is_refused_with_its_reason_and_leaves_nothing(visit, running_studio, pictures):
    page = visit.page
    add(page, "bomb.zip", zipped({"cat/x.png": bytes(50_000_000)}, zipfile.ZIP_DEFLATED), "Bomb")
    page.wait_for_url(re.compile(r"/datasets/[0-9a-f-]{36}$"), timeout=PATIENCE_MS)
    expect(page.locator("#state")).to_have_text("refused", timeout=PATIENCE_MS)
    expect(page.locator("#reason")).to_contain_text("Refused at “type”: bomb.zip: 'cat/x.png' would grow from")
    assert not (running_studio.var / "data" / "uploads" / page.url[-36:]).exists()
    visit.take_pictures(pictures, "dataset-refused")
    page.goto(running_studio.url + "/datasets")
    page.locator("#file").set_input_files({"name": "model.pt", "mimeType": "application/zip", "buffer": b"PK"})
    page.locator("#go").click()
    expect(page.locator("#file-problem")).to_contain_text("weights and pickles are not data sets")
    visit.take_pictures(pictures, "datasets")
    assert [problem for problem in visit.problems if not problem.startswith("422")] == []
