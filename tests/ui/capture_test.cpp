// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/open_window.h"

#include "ui/models/exchange_model.h"
#include "ui/views/exchange_table.h"
#include "ui/views/live_page.h"
#include "ui/views/notice_bar.h"
#include "ui/views/top_bar.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QMimeData>
#include <QUrl>

namespace dorascope {
namespace {

using namespace std::chrono_literals;

void write(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    ASSERT_EQ(file.write(bytes), bytes.size());
}

bool readToTheEnd(OpenWindow& open)
{
    return OpenWindow::waitFor([&] { return !open.session().status().running; });
}

TEST(Capture, AFileOfTheLabTellsTheSameStory)
{
    OpenWindow open;
    const QString path = open.captureOf("three-clients", 1s);
    open.session().openCapture(path);
    ASSERT_TRUE(readToTheEnd(open));
    EXPECT_EQ(open.session().status().frames, 12U);
    EXPECT_EQ(open.scope().state().bound_count(), 3U);
    auto* const table = open.window().livePage().table().model();
    ASSERT_EQ(table->rowCount(), 3);
    // The namer of the lab is gone; the names are the host names that the clients sent.
    EXPECT_EQ(table->index(0, models::ExchangeModel::kClient).data(models::ExchangeModel::kClientNameRole).toString(),
              QStringLiteral("Laptop-A"));
    EXPECT_EQ(table->index(0, models::ExchangeModel::kAddress).data().toString(), QStringLiteral("192.168.1.100"));
    EXPECT_EQ(open.window().topBar().sourceText(), QStringLiteral("lab.pcap"));
    EXPECT_EQ(open.window().notice().text(), QString());
}

TEST(Capture, AnOfficeDayArrivesWholeThroughTheQueue)
{
    OpenWindow open;
    const QString path = open.captureOf("office", 2h);
    open.session().openCapture(path);
    ASSERT_TRUE(readToTheEnd(open));
    open.lab("office", 2h);
    const std::uint64_t expected = open.session().status().frames;
    const std::size_t bound = open.scope().state().exchanges().size();
    open.session().openCapture(path);
    ASSERT_TRUE(readToTheEnd(open));
    EXPECT_EQ(open.session().status().frames, expected);
    EXPECT_EQ(open.scope().state().exchanges().size(), bound);
    EXPECT_EQ(open.session().status().queueDrops, 0U);
}

TEST(Capture, AMissingFileSaysSoAndLeavesThePictureAlone)
{
    OpenWindow open;
    open.lab("three-clients", 1s);
    open.session().openCapture(open.pathOf("nothing.pcap"));
    const QString said = open.window().notice().text();
    EXPECT_TRUE(said.contains(QStringLiteral("there is no such file"))) << qPrintable(said);
    EXPECT_TRUE(said.contains(QStringLiteral("pcap"))) << qPrintable(said);
    EXPECT_EQ(open.scope().state().bound_count(), 3U);
}

TEST(Capture, AFileThatIsNoCaptureSaysWhatWouldBeOne)
{
    OpenWindow open;
    const QString path = open.pathOf("letter.pcap");
    write(path, "Dear Sir or Madam, this is no capture.\n");
    open.session().openCapture(path);
    ASSERT_TRUE(OpenWindow::waitFor([&] { return open.window().notice().isVisible(); }));
    EXPECT_TRUE(open.window().notice().text().contains(QStringLiteral("letter.pcap")))
        << qPrintable(open.window().notice().text());
    EXPECT_EQ(open.scope().state().messages().size(), 0U);
}

TEST(Capture, ADamagedFileShowsAllUpToTheDamageAndSaysSo)
{
    OpenWindow open;
    const QString path = open.captureOf("three-clients", 1s);
    QFile file(path);
    ASSERT_TRUE(file.resize(file.size() - 100));
    open.session().openCapture(path);
    ASSERT_TRUE(readToTheEnd(open));
    ASSERT_TRUE(OpenWindow::waitFor([&] { return open.window().notice().isVisible(); }));
    EXPECT_EQ(open.session().status().frames, 11U);
}

TEST(Capture, TheNoticeGoesWithTheNextSource)
{
    OpenWindow open;
    open.session().openCapture(open.pathOf("nothing.pcap"));
    ASSERT_TRUE(open.window().notice().isVisible());
    open.lab("three-clients", 1s);
    EXPECT_FALSE(open.window().notice().isVisible());
}

TEST(Capture, ADroppedFileIsOpened)
{
    OpenWindow open;
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(open.captureOf("rogue", 6s))});
    QDragEnterEvent enter(QPoint(400, 300), Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(&open.window(), &enter);
    ASSERT_TRUE(enter.isAccepted());
    QDropEvent drop(QPointF(400, 300), Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(&open.window(), &drop);
    ASSERT_TRUE(readToTheEnd(open));
    EXPECT_EQ(open.scope().state().servers().size(), 2U);
}

TEST(Capture, TheFilterNarrowsTheTableAndIsClearedWithTheSource)
{
    OpenWindow open;
    open.lab("rogue", 6s);
    auto* const table = open.window().livePage().table().model();
    ASSERT_EQ(table->rowCount(), 8);
    open.scope().setFilter(QStringLiteral("client:printer"));
    OpenWindow::settle();
    EXPECT_EQ(table->rowCount(), 1);
    open.scope().setFilter(QStringLiteral("no-such-client"));
    OpenWindow::settle();
    EXPECT_EQ(table->rowCount(), 0);
    open.lab("three-clients", 1s);
    EXPECT_EQ(table->rowCount(), 3);
}

TEST(Capture, StoppingAFileKeepsWhatWasRead)
{
    OpenWindow open;
    open.session().openCapture(open.captureOf("office", 2h));
    open.session().stop();
    ASSERT_TRUE(readToTheEnd(open));
    const std::size_t shown = open.scope().state().exchanges().size();
    EXPECT_LE(static_cast<std::size_t>(open.window().livePage().table().model()->rowCount()), shown);
    EXPECT_EQ(open.window().notice().text(), QString());
}

} // namespace
} // namespace dorascope
