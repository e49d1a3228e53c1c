"""What is loaded before anything is asked for."""

import subprocess
import sys

HEAVY = ("polars", "numpy", "linopy", "pandas", "xarray", "scipy", "highspy", "altair", "openpyxl", "jinja2", "rich")


def loaded(code):
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(' '.join(sys.modules))"], capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in told.stdout.split()}


def test_importing_the_package_loads_nothing_heavy():
    assert not loaded("import hinterland") & set(HEAVY)


def test_asking_for_help_loads_nothing_heavy():
    code = "from hinterland.cli import main\nimport sys\nsys.argv = ['hinterland', '--help']\ntry:\n    main()\nexcept SystemExit: pass"
    assert not loaded(code) & set(HEAVY)


def test_reading_tables_does_not_load_the_solver():
    assert not loaded("import hinterland as hl; hl.read") & {"linopy", "highspy", "altair", "pandas"}
