// SPDX-License-Identifier: GPL-3.0-or-later
// Keys that two things have do nothing: Qt says "ambiguous", on its standard error only.
#include "tests/ui/open_window.h"

#include <gtest/gtest.h>
#include <QAbstractButton>
#include <QAction>
#include <QMap>
#include <QShortcut>

namespace dorascope {
namespace {

TEST(Keys, AreEachOfOneThing)
{
    OpenWindow open;
    QMap<QString, QStringList> users;
    const auto note = [&users](const QKeySequence& keys, const QObject& user) {
        if (!keys.isEmpty() && keys != QKeySequence(Qt::Key_Escape)) // closes whatever was opened last
            users[keys.toString()] << QString::fromLatin1(user.metaObject()->className());
    };
    for (const auto* shortcut : open.window().findChildren<QShortcut*>())
        note(shortcut->key(), *shortcut->parent());
    for (const auto* button : open.window().findChildren<QAbstractButton*>())
        note(button->shortcut(), *button);
    for (const auto* action : open.window().findChildren<QAction*>())
        note(action->shortcut(), *action);
    EXPECT_GT(users.size(), 20);
    for (auto at = users.cbegin(); at != users.cend(); ++at)
        EXPECT_EQ(at->size(), 1) << qPrintable(at.key()) << ": " << qPrintable(at->join(QStringLiteral(", ")));
}

} // namespace
} // namespace dorascope
