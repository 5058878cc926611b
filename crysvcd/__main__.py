import sys
from crysvcd.cli import main

sys.exit(main())
