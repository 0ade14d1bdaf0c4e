// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/open_window.h"

#include "capture/source/capture_source.h"
#include "ui/models/exchange_model.h"
#include "ui/views/exchange_table.h"
#include "ui/views/ladder_view.h"
#include "ui/views/live_page.h"
#include "ui/views/notice_bar.h"
#include "ui/views/top_bar.h"

#include <array>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <QApplication>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QMimeData>
#include <QUrl>
#include <sys/stat.h>
#include <unistd.h>

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
    EXPECT_TRUE(open.window().notice().text().startsWith(QStringLiteral("Cannot read ")));
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

QByteArray bytesOf(const QString& path)
{
    QFile file(path);
    EXPECT_TRUE(file.open(QIODevice::ReadOnly));
    return file.readAll();
}

TEST(Capture, ANamedPipeIsReadAsItsWriterWrites)
{
    OpenWindow open;
    const QByteArray bytes = bytesOf(open.captureOf("three-clients", 1s));
    const QString path = open.pathOf("pipe");
    ASSERT_EQ(::mkfifo(qPrintable(path), 0600), 0);
    open.session().openCapture(path); // before there is a writer
    EXPECT_EQ(open.session().status().kind, ui::SourceKind::pipe);
    EXPECT_TRUE(open.session().status().running);
    const int writer = ::open(qPrintable(path), O_WRONLY | O_CLOEXEC);
    ASSERT_GE(writer, 0);
    ASSERT_EQ(::write(writer, bytes.data(), static_cast<std::size_t>(bytes.size() - 10)), bytes.size() - 10);
    EXPECT_TRUE(OpenWindow::waitFor([&] { return open.scope().state().messages().size() == 11; }));
    EXPECT_TRUE(open.session().status().running) << "the writer may go on";
    ASSERT_EQ(::write(writer, bytes.data() + bytes.size() - 10, 10), 10);
    ::close(writer);
    ASSERT_TRUE(readToTheEnd(open));
    EXPECT_EQ(open.scope().state().bound_count(), 3U);
    EXPECT_EQ(open.window().notice().text(), QString());
}

TEST(Capture, ANamedPipeWithoutAWriterCanBeLeft)
{
    OpenWindow open;
    const QString path = open.pathOf("pipe");
    ASSERT_EQ(::mkfifo(qPrintable(path), 0600), 0);
    open.session().openCapture(path);
    open.session().stop();
    EXPECT_TRUE(readToTheEnd(open));
    EXPECT_EQ(open.window().notice().text(), QString());
    open.session().openCapture(path);
    open.lab("three-clients", 1s); // and without having been stopped
    EXPECT_EQ(open.scope().state().bound_count(), 3U);
}

// What a shell makes of: dorascope <(ssh gateway tcpdump …)
TEST(Capture, ADescriptorOfTheShellIsReadThoughItsWriterHasGone)
{
    OpenWindow open;
    const QByteArray bytes = bytesOf(open.captureOf("three-clients", 1s));
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    ASSERT_EQ(::write(ends[1], bytes.data(), static_cast<std::size_t>(bytes.size())), bytes.size());
    ::close(ends[1]);
    open.session().openCapture(QStringLiteral("/dev/fd/%1").arg(ends[0]));
    ASSERT_TRUE(readToTheEnd(open));
    ::close(ends[0]);
    EXPECT_EQ(open.scope().state().bound_count(), 3U);
}

TEST(Capture, WhatIsNeitherFileNorPipeIsSaidToBe)
{
    OpenWindow open;
    open.session().openCapture(QStringLiteral("/dev/null"));
    EXPECT_TRUE(open.window().notice().text().contains(QStringLiteral("neither a file nor a pipe")))
        << qPrintable(open.window().notice().text());
}

TEST(Capture, OneWithoutDhcpSaysSoAndPromisesNothing)
{
    OpenWindow open;
    EXPECT_TRUE(open.window().livePage().ladder().emptyText().contains(QStringLiteral("Choose a source")));
    const QString path = open.pathOf("arp.pcap");
    auto writer = source::CaptureWriter::create(path.toStdString(), decode::LinkType::ethernet);
    ASSERT_TRUE(writer);
    const std::array<std::byte, 60> nothing{};
    ASSERT_TRUE(writer->write({1, Instant{1s}, decode::LinkType::ethernet, nothing.size(), nothing}));
    ASSERT_TRUE(writer->close());
    open.session().openCapture(path);
    ASSERT_TRUE(OpenWindow::waitFor([&] {
        return open.window().livePage().ladder().emptyText().contains(QStringLiteral("no DHCP message in it (frames read: 1)"));
    })) << qPrintable(open.window().livePage().ladder().emptyText());
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
