// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/launch.h"

int main(int argc, char** argv) { return dorascope::app::launch(argc, argv); }
