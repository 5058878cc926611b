__version__ = "0.1.0"

_DOORS = { # name → the module it lives in; imported at first use, so that `import crysvcd` is quick
    "CrysVCD": "generate", "Crystal": "generate", "table": "generate", "draw": "generate",
    "label": "valence", "assignments": "valence", "Species": "valence", "Assignment": "valence", "STATES": "valence",
    "CrysVCDError": "data", "load_crystals": "data", "split_by_formula": "data", "fetch_mp20": "data", "textbook_crystals": "data",
    "FormulaModel": "formula", "load_formula": "formula", "Prompt": "prompt", "BalanceConstraint": "balance", "FormulaGenerator": "sample",
    "write_formulas": "plugin", "audit": "plugin", "repair": "plugin", "BalanceLogitsProcessor": "plugin",
    "StructureGenerator": "structure", "FlowGenerator": "flow", "DiffusionGenerator": "diffusion", "TemplateGenerator": "template",
    "RetrievalGenerator": "retrieval", "predict": "prediction", "load_library": "prototype",
    "is_valid": "structure", "match_distance": "metrics",
    "register_potential": "potential", "potentials": "potential", "relax": "relaxation", "Hull": "hull", "evaluate": "evaluation", "Settings": "evaluation",
    "shares": "novelty", "unique": "novelty", "Reference": "novelty", "Store": "store", "Campaign": "campaign", "CampaignConfig": "campaign", "phonon_stability": "phonons",
    "export_vasp": "vasp", "import_vasp": "vasp", "stability_of": "phonons", "Surrogate": "surrogate",
    "Property": "guidance", "finetune_formula": "guidance", "finetune_structure": "guidance", "guided": "guidance", "ask": "guidance", "stable": "guidance",
    "Explorer": "explore", "explorer": "explore",
}
__all__ = ["__version__", *_DOORS]


def __getattr__(name):
    if name not in _DOORS: raise AttributeError(f"module 'crysvcd' has no attribute {name!r}")
    from importlib import import_module
    return getattr(import_module(f"crysvcd.{_DOORS[name]}"), name)


def __dir__(): return sorted(__all__)
