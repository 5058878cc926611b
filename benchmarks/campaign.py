"""A campaign with the shipped models and CHGNet: does asking for low energies above hull pay, against fine-tuning without labels and against no fine-tuning, and what do the books cost?

    CRYSVCD_DATA=FOLDER python benchmarks/campaign.py RUN [--crystals 50] [--rounds 2]

RUN is the campaign's folder: killed, the same command goes on. Writes benchmarks/results/campaign.json: the rounds with their 95% intervals, the hours that each kind of work took, and the share of keeping books (pooling, pages, tables) in all of them.
"""
import argparse, json
from dataclasses import asdict
from pathlib import Path
from crysvcd import __version__
from crysvcd.campaign import ARMS, Campaign, CampaignConfig

RESULTS = Path(__file__).parent / "results/campaign.json"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("run", type=Path); p.add_argument("--crystals", type=int, default=50); p.add_argument("--rounds", type=int, default=2)
    a = p.parse_args()
    c = Campaign(CampaignConfig(crystals=a.crystals, rounds=a.rounds, arms=list(ARMS), max_atoms=12, judge={"pot": "chgnet", "fmax": 0.05}), a.run)
    t, seconds = c.run(), {k: s for k, (s, _) in c.clock.items()}
    out = {"crysvcd": __version__, "config": asdict(c.c), "rounds": json.loads(t.to_json(orient="records")), "found": len(c.found()),
           "hours": {k: round(s / 3600, 4) for k, s in seconds.items()}, "share of keeping books": round(seconds["keeping books"] / sum(seconds.values()), 4)}
    RESULTS.write_text(json.dumps(out, indent=1) + "\n")
    print(t.round(3).to_string(index=False)); print(out["hours"], out["share of keeping books"])


if __name__ == "__main__": main()
