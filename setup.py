"Package metadata comes from settings.ini, so that nbdev and pip read the same page"
from configparser import ConfigParser
from pathlib import Path
from setuptools import find_packages, setup

cfg = ConfigParser(delimiters=["="]); cfg.read("settings.ini")
cfg = cfg["DEFAULT"]
extras = {k[: -len("_requirements")]: v.split() for k, v in cfg.items() if k.endswith("_requirements")}

setup(
    name=cfg["lib_name"], version=cfg["version"], description=cfg["description"], author=cfg["author"], author_email=cfg["author_email"],
    url=cfg["git_url"], license="MIT", license_files=["LICENSE", "crysvcd/assets/*LICENSE*", "crysvcd/tables/README.md"], keywords=cfg["keywords"], python_requires=f">={cfg['min_python']}",
    long_description=Path("README.md").read_text() if Path("README.md").exists() else "", long_description_content_type="text/markdown",
    packages=find_packages(include=["crysvcd", "crysvcd.*"]), package_data={"crysvcd": ["weights/*/*", "tables/*", "py.typed", "*.pyi", "assets/*"]},
    install_requires=cfg["requirements"].split(), extras_require=extras,
    entry_points={"console_scripts": cfg["console_scripts"].split(), "nbdev": [f"{cfg['lib_name']}={cfg['lib_name']}._modidx:d"]},
    classifiers=["Programming Language :: Python :: 3", "License :: OSI Approved :: MIT License", "Intended Audience :: Science/Research",
                 "Topic :: Scientific/Engineering :: Chemistry", "Topic :: Scientific/Engineering :: Physics"],
)
