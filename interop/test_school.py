"""schemathesis attacks the school by its own OpenAPI document: as nobody, a student, a tutor and an admin.

Whatever it sends, the server does not fail, answers as the document says, and takes nothing that the document forbids.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from lectern import Lectern, request

# The same requests each time.
SEED = 1
# Random requests to each operation, beside those that go round its limits.
EXAMPLES = 4
# For one of the four, on a busy machine.
PATIENCE_S = 600
PASSWORD = "lectern-demo"

# One attacker sends in a minute what a school does in a day; hashes cost little, for they are not what is tested.
VARIABLES = {
    "LECTERN_CONTROL_API__RATES__PERSON_BURST": "1000000",
    "LECTERN_CONTROL_API__RATES__ADDRESS_BURST": "1000000",
    "LECTERN_CONTROL_API__RATES__SIGNING_BURST": "1000000",
    # Where others work at the same time a connection takes longer.
    "LECTERN_CONTROL_API__DATABASE__ACQUIRE_MS_MAX": "15000",
    "LECTERN_CONTROL_API__HTTP__REQUEST_MS_MAX": "60000",
    "LECTERN_CONTROL_API__PASSWORDS__MEMORY_KIB": "64",
    "LECTERN_CONTROL_API__PASSWORDS__PASSES": "1",
}

# Its answer has no end.
ENDLESS = "GET /v1/events"
# These end the attacker's own session. The tests in Rust call them as everybody.
FAREWELLS = ["DELETE /v1/session", "DELETE /v1/me/sessions"]

SETTINGS = f"""
seed = {SEED}
continue-on-failure = true
warnings = false

[generation]
database = "none"
max-examples = {EXAMPLES}
no-shrink = true
# Whoever is to be signed in is so by the header that is given.
with-security-parameters = false

[phases]
# The document links nothing to anything.
stateful.enabled = false

[phases.coverage]
# What no route takes is 405 by one piece of code for all of them; one of these tells.
unexpected-methods = ["PUT"]

[checks]
# It asks again without what the document calls security, but the given header is sent all the same. Who may do what without
# a token is tested in Rust, for each route.
ignored_auth.enabled = false
# Much that a schema allows is refused for a reason: an address that is taken, a cursor that was made up, a time that is over.
positive_data_acceptance.enabled = false
"""

server: Lectern
known: dict[str, list[str]]


def setUpModule() -> None:
    global server, known
    server = Lectern(VARIABLES)
    server.run("seed", "--students", "12")
    known = school()


def tearDownModule() -> None:
    server.stop()


class Caller:
    """Somebody who is signed in, or nobody."""

    def __init__(self, email: str = "", password: str = PASSWORD) -> None:
        self.headers: dict[str, str] = {}
        if email:
            signed_in = self.call("POST", "/v1/session", {"email": email, "password": password})
            self.headers["authorization"] = f"Bearer {signed_in['access_token']}"

    def call(self, method: str, path: str, body: dict | None = None) -> dict:
        sent = None if body is None else json.dumps(body).encode()
        headers = self.headers | ({"content-type": "application/json"} if sent else {})
        return json.loads(request(server.origin + path, method, sent, headers)[2])

    def ids(self, path: str, most: int = 3) -> list[str]:
        return [item["id"] for item in self.call("GET", path)["items"][:most]]


def admin() -> Caller:
    _, email, _, password = server.run("admin").split()
    return Caller(email, password)


def tutor() -> Caller:
    return Caller("ruth.okafor@tutors.localhost")


def student() -> Caller:
    return Caller(known["email"][0])


def school() -> dict[str, list[str]]:
    """What there is: by what `{id}` of a path may stand for."""
    ruth, root = tutor(), admin()
    courses = ruth.ids("/v1/me/teaching")
    everywhere = lambda what: [found for course in courses for found in ruth.ids(f"/v1/courses/{course}/{what}")]
    students = ruth.call("GET", f"/v1/courses/{courses[0]}/enrolments")["items"]
    lessons = everywhere("lessons")
    quizzes = [quiz for lesson in lessons for quiz in ruth.ids(f"/v1/lessons/{lesson}/quizzes")]
    file = {"name": "Sheet.pdf", "content_type": "application/pdf", "bytes": 5}
    material = ruth.call("POST", f"/v1/lessons/{lessons[0]}/materials", file)
    webhook = root.call("POST", "/v1/webhooks", {"url": "https://hooks.example/", "kinds": ["none"]})
    return {
        "courses": courses,
        "lessons": lessons,
        "quizzes": quizzes,
        "live": everywhere("live"),
        # The first is the student who attacks: nobody is to shut them out.
        "people": [person["id"] for person in students[1:4]],
        "materials": [material["id"]],
        "webhooks": [webhook["id"]],
        "email": [students[0]["email"]],
    }


def settings(left_out: list[str]) -> str:
    """schemathesis' configuration."""
    parts = [SETTINGS]
    for name in [ENDLESS, *left_out]:
        parts.append(f"[[operations]]\ninclude-name = {json.dumps(name)}\nenabled = false\n")
    for kind in ("courses", "lessons", "quizzes", "live", "people", "materials", "webhooks"):
        parts.append(f"[dictionaries.{kind}]\nvalues = {json.dumps(known[kind])}\n")
        bound = f'parameters = {{ "path.id" = {{ dictionary = "{kind}", probability = 0.7 }}'
        if kind == "courses":
            bound += ', "path.person" = { dictionary = "people", probability = 0.7 }'
        parts.append(f'[[operations]]\ninclude-path-regex = "^/v1/{kind}/[{{]id[}}]"\n{bound} }}\n')
    return "\n".join(parts)


class SchoolTest(unittest.TestCase):
    def _attack(self, caller: Caller, left_out: list[str]) -> None:
        with tempfile.TemporaryDirectory(prefix="lectern-schemathesis-") as folder:
            file = pathlib.Path(folder) / "schemathesis.toml"
            file.write_text(settings(left_out))
            command = [sys.executable, "-m", "schemathesis.cli", "--config-file", file, "run", "--no-color"]
            for name, value in caller.headers.items():
                command += ["--header", f"{name}: {value}"]
            command.append(f"{server.origin}/openapi.json")
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_nobody(self) -> None:
        self._attack(Caller(), [])

    def test_a_student(self) -> None:
        self._attack(student(), FAREWELLS)

    def test_a_tutor(self) -> None:
        self._attack(tutor(), FAREWELLS)

    def test_an_admin(self) -> None:
        self._attack(admin(), FAREWELLS)


if __name__ == "__main__":
    unittest.main()
