// SPDX-License-Identifier: GPL-3.0-or-later
// Without a display and in one time zone, so that every machine sees the same. Settings go nowhere near those of whoever runs the tests.
#include <gtest/gtest.h>

#include <QApplication>
#include <QStandardPaths>

#include <csignal>

// fontconfig and Qt's font database keep what they read of the fonts until the process ends.
extern "C" const char* __lsan_default_suppressions()
{
    return "leak:libfontconfig\nleak:libfreetype\nleak:libQt6Gui\nleak:libQt6Core\n";
}

int main(int argc, char** argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    qputenv("TZ", "UTC");
    std::signal(SIGPIPE, SIG_IGN); // as the program does
    QStandardPaths::setTestModeEnabled(true);
    testing::InitGoogleTest(&argc, argv);
    const QApplication app{argc, argv};
    return RUN_ALL_TESTS();
}
