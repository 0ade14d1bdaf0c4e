// SPDX-License-Identifier: GPL-3.0-or-later
// A server that real clients use does not end in passing: with another source, or with the window.
#include "tests/ui/open_window.h"
#include "tests/ui/paper_control.h"
#include "ui/views/order_bar.h"

#include <gtest/gtest.h>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMimeData>
#include <QPushButton>
#include <QTest>

namespace dorascope::ui {
namespace {

class GuardTest : public testing::Test {
protected:
    GuardTest()
    {
        serves(true);
        window.show();
        OpenWindow::settle();
    }
    void serves(bool running)
    {
        control.now.kind = SourceKind::serve;
        control.now.running = running;
        Q_EMIT control.statusChanged();
    }
    void drop(const QString& file) // as from a file manager
    {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file)});
        QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &enter);
        QDropEvent event(QPointF(5, 5), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &event);
    }
    QPushButton& button() { return window.question().button(); }

    QTemporaryDir folder;
    QSettings settings{folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat};
    PaperControl control;
    models::Scope scope;
    MainWindow window{scope, control, settings};
};

TEST_F(GuardTest, ClosingAsksAndTheButtonCloses)
{
    EXPECT_FALSE(window.close());
    EXPECT_TRUE(window.isVisible());
    EXPECT_TRUE(window.question().text().contains(QStringLiteral("stops the server"))) << qPrintable(window.question().text());
    QTest::mouseClick(&button(), Qt::LeftButton);
    EXPECT_FALSE(window.isVisible());
    EXPECT_FALSE(settings.value(QStringLiteral("geometry")).toByteArray().isEmpty()) << "closed as ever";
}

TEST_F(GuardTest, EscapeKeepsTheWindow)
{
    window.close();
    QTest::keyClick(&button(), Qt::Key_Escape);
    EXPECT_EQ(window.question().text(), QString());
    EXPECT_TRUE(window.isVisible());
    EXPECT_FALSE(window.close()) << "and it is asked again";
}

TEST_F(GuardTest, ASignalToTheProgramClosesWithoutAQuestion)
{
    window.leave();
    EXPECT_FALSE(window.isVisible());
}

TEST_F(GuardTest, AnotherSourceIsAskedAboutOnce)
{
    drop(QStringLiteral("/tmp/office.pcap"));
    EXPECT_TRUE(control.opened.isEmpty());
    EXPECT_TRUE(window.question().text().contains(QStringLiteral("stops the server"))) << qPrintable(window.question().text());
    QTest::mouseClick(&button(), Qt::LeftButton);
    EXPECT_EQ(control.opened, QStringList{QStringLiteral("/tmp/office.pcap")});
    EXPECT_EQ(window.question().text(), QString());
}

TEST_F(GuardTest, AQuestionEndsWithItsServer)
{
    drop(QStringLiteral("/tmp/office.pcap"));
    ASSERT_NE(window.question().text(), QString());
    serves(false);
    Q_EMIT control.sourceChanged();
    EXPECT_EQ(window.question().text(), QString());
}

TEST_F(GuardTest, NobodyIsAskedWhenNothingIsServed)
{
    serves(false);
    drop(QStringLiteral("/tmp/office.pcap"));
    EXPECT_EQ(control.opened.size(), 1);
    control.now.kind = SourceKind::lab;
    control.now.running = true;
    drop(QStringLiteral("/tmp/other.pcap"));
    EXPECT_EQ(control.opened.size(), 2) << "the lab's clients are nobody's";
    EXPECT_EQ(window.question().text(), QString());
    EXPECT_TRUE(window.close());
}

TEST(Guard, PassesOnEverythingElse)
{
    PaperControl control;
    control.now.kind = SourceKind::serve;
    control.now.running = true;
    ServeGuard guard{control};
    int heard = 0, asked = 0;
    QObject::connect(&guard, &SourceControl::statusChanged, [&] { ++heard; });
    QObject::connect(&guard, &SourceControl::failed, [&] { ++heard; });
    QObject::connect(&guard, &SourceControl::ordered, [&] { ++heard; });
    QObject::connect(&guard, &SourceControl::reloaded, [&] { ++heard; });
    QObject::connect(&guard, &ServeGuard::asked, [&] { ++asked; });
    Q_EMIT control.statusChanged();
    Q_EMIT control.failed({});
    Q_EMIT control.ordered(LeaseOrder::release, {}, {});
    Q_EMIT control.reloaded({});
    EXPECT_EQ(heard, 4);
    guard.order(LeaseOrder::reserve, *Ipv4Address::parse("10.0.0.1"));
    guard.reload();
    EXPECT_EQ(control.orders.size(), 1);
    EXPECT_EQ(control.reloads, 1);
    EXPECT_EQ(guard.interfaces().size(), 2);
    EXPECT_EQ(asked, 0);
    guard.openLab(QStringLiteral("rogue"));
    guard.watch(QStringLiteral("eth0"));
    guard.serve({});
    EXPECT_EQ(asked, 3);
    EXPECT_TRUE(control.opened.isEmpty() && control.served.isEmpty());
}

} // namespace
} // namespace dorascope::ui
