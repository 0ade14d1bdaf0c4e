// SPDX-License-Identifier: GPL-3.0-or-later
// Without a display and in one time zone, so that every machine sees the same.
#include <gtest/gtest.h>

#include <QApplication>

int main(int argc, char** argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    qputenv("TZ", "UTC");
    testing::InitGoogleTest(&argc, argv);
    const QApplication app{argc, argv};
    return RUN_ALL_TESTS();
}
