// SPDX-License-Identifier: GPL-3.0-or-later
// The window on a real interface, through dorascope-netd: watched, and served.
#include "tests/support/cable.h"
#include "tests/support/child_process.h"
#include "tests/support/netd_copy.h"
#include "tests/ui/open_window.h"

#include "app/dorascope/capture_feed.h"
#include "engine/host/lease_store.h"
#include "engine/lab/lab.h"
#include "ui/models/message_detail.h"
#include "ui/models/why.h"
#include "ui/views/leases_page.h"
#include "ui/views/notice_bar.h"
#include "ui/views/status_strip.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>

namespace dorascope {
namespace {

using namespace std::chrono_literals;

/// The frames of the lab's scenario, as somebody on the wire would send them.
std::vector<std::vector<std::byte>> labFrames(const char* scenario, Duration length)
{
    std::vector<std::vector<std::byte>> frames;
    lab::Lab lab(lab::scenario(scenario).value());
    lab.on_frame([&](Instant, std::span<const std::byte> bytes) { frames.emplace_back(bytes.begin(), bytes.end()); });
    lab.run_until(lab.scenario().start + length);
    return frames;
}

ui::ServeRequest serveRequest()
{
    ui::ServeRequest request;
    request.interface = QStringLiteral("srv");
    server::Subnet subnet;
    subnet.prefix = *Ipv4Prefix::parse("192.168.77.0/24");
    subnet.pools = {*Ipv4Range::parse("192.168.77.100-192.168.77.200")};
    request.config.subnets = {subnet};
    return request;
}

std::ptrdiff_t threads() // of this process
{
    return std::distance(std::filesystem::directory_iterator{"/proc/self/task"}, std::filesystem::directory_iterator{});
}

class LiveTest : public testing::Test {
protected:
    void SetUp() override
    {
        if (!test::may_make_networks()) GTEST_SKIP() << test::kWhyNoNetworks;
        qputenv("XDG_STATE_HOME", state_.path().c_str());
        netd_ = std::make_unique<test::NetdCopy>();
        cable_ = std::make_unique<test::Cable>();
    }
    void send(const std::vector<std::vector<std::byte>>& frames)
    {
        cable_->on_client([&] { test::send_frames("cli", frames); });
    }

    test::TemporaryFolder state_;
    std::unique_ptr<test::NetdCopy> netd_;
    std::unique_ptr<test::Cable> cable_;
};

TEST_F(LiveTest, WatchingShowsWhatCrossesTheWire)
{
    OpenWindow open;
    open.session().watch(QStringLiteral("srv"));
    const auto frames = labFrames("three-clients", 1s);
    // Until the capture has begun nobody hears: said again until it is heard.
    ASSERT_TRUE(OpenWindow::waitFor([&] {
        if (open.scope().state().messages().empty()) send({frames.front()});
        return !open.scope().state().messages().empty();
    })) << qPrintable(open.window().notice().text());
    send(frames);
    ASSERT_TRUE(OpenWindow::waitFor([&] { return open.scope().state().bound_count() == 3; }));
    EXPECT_EQ(open.session().status().queueDrops, 0U);
    open.session().stop();
    EXPECT_TRUE(OpenWindow::waitFor([&] { return !open.session().status().running; }));
    EXPECT_EQ(open.window().notice().text(), QString());
}

TEST_F(LiveTest, AnInterfaceThatIsNotThereIsSaidInTheWindow)
{
    OpenWindow open;
    open.session().watch(QStringLiteral("nowhere0"));
    ASSERT_TRUE(OpenWindow::waitFor([&] { return open.window().notice().isVisible(); }));
    EXPECT_TRUE(open.window().notice().text().contains(QStringLiteral("nowhere0"))) << qPrintable(open.window().notice().text());
}

TEST_F(LiveTest, ServingAnswersAndSaysWhy)
{
    OpenWindow open;
    open.session().serve(serveRequest());
    ASSERT_TRUE(OpenWindow::waitFor([&] { return !open.session().status().serving.isEmpty(); }))
        << qPrintable(open.window().notice().text());
    EXPECT_TRUE(open.session().status().serving.contains(QStringLiteral("192.168.77.100\u2013200 on srv")));
    const auto discover = labFrames("three-clients", 1us);
    ASSERT_FALSE(discover.empty());
    ASSERT_TRUE(OpenWindow::waitFor([&] {
        if (open.messageOf(MessageType::offer) == observe::kNone) send({discover.front()});
        return open.messageOf(MessageType::offer) != observe::kNone;
    })) << qPrintable(open.window().notice().text());
    const observe::MessageId offer = open.messageOf(MessageType::offer);
    ASSERT_TRUE(OpenWindow::waitFor([&] { return open.scope().state().messages()[offer].decision != observe::kNone; }));
    EXPECT_EQ(open.scope().state().messages()[offer].address.to_string(), "192.168.77.100");
    const auto detail = models::messageDetail(open.scope(), offer);
    ASSERT_TRUE(detail.has_value());
    EXPECT_FALSE(models::why(open.scope(), *detail).deduced) << "the server's own words";
    open.session().stop();
    EXPECT_TRUE(OpenWindow::waitFor([&] {
        return open.window().statusStrip().text().contains(QStringLiteral("Serving has stopped"));
    })) << qPrintable(open.window().statusStrip().text());
    EXPECT_FALSE(open.session().status().running);
}

TEST_F(LiveTest, ALeaseIsReleasedFromItsPage)
{
    OpenWindow open;
    open.session().serve(serveRequest());
    ASSERT_TRUE(OpenWindow::waitFor([&] { return open.session().status().takesOrders; }));
    // Until the capture has begun nobody hears; what a server says to clients wakes it, and is answered by nobody.
    const auto frames = labFrames("three-clients", 1s);
    const auto reply = std::ranges::find_if(frames, [](const auto& frame) {
        return frame.size() > 38 && frame[23] == std::byte{17} && frame[36] == std::byte{0} && frame[37] == std::byte{68};
    });
    ASSERT_NE(reply, frames.end());
    ASSERT_TRUE(OpenWindow::waitFor([&] {
        if (open.scope().state().messages().empty()) send({*reply});
        return !open.scope().state().messages().empty();
    }));
    // Once: another one would be offered the address again after the order.
    const auto address = *Ipv4Address::parse("192.168.77.100");
    send({frames.front()});
    ASSERT_TRUE(OpenWindow::waitFor([&] { return open.scope().state().binding(address).has_value(); }));
    QString said;
    QObject::connect(&open.session(), &ui::SourceControl::ordered,
                     [&said](ui::LeaseOrder, Ipv4Address, const QString& words) { said = words; });
    open.session().order(ui::LeaseOrder::release, address); // an offer that nobody has taken yet
    ASSERT_TRUE(OpenWindow::waitFor([&] { return !said.isEmpty(); })) << qPrintable(open.window().notice().text());
    EXPECT_TRUE(said.contains(QStringLiteral("192.168.77.100 is taken back")));
    EXPECT_TRUE(
        OpenWindow::waitFor([&] { return open.scope().state().binding(address)->state == observe::BindingState::released; }));
    open.session().order(ui::LeaseOrder::release, address);
    EXPECT_TRUE(OpenWindow::waitFor([&] { return open.window().notice().isVisible(); })) << "nobody has it any more";
    open.session().stop();
    EXPECT_TRUE(OpenWindow::waitFor([&] { return !open.session().status().running; }));
    open.session().order(ui::LeaseOrder::release, address);
    EXPECT_TRUE(
        OpenWindow::waitFor([&] { return open.window().notice().text().contains(QStringLiteral("No server runs here")); }));
}

/// A lease file of an earlier day: what is in it is there before any client says anything.
TEST_F(LiveTest, TheLeasesOfItsFileAreShownAtOnceAndCanBeDeleted)
{
    const Instant now = app::wallClock();
    std::vector<server::LeaseWrite> rows(4);
    for (std::uint8_t i = 0; i < 4; ++i) {
        server::Lease& lease = rows[i].lease;
        lease.address = Ipv4Address{0xc0a84d64U + i};
        lease.hardware = {1, 6, {2, 0, 0, 0, 0, i}};
        lease.client = {server::ClientKey::Kind::hardware, {1, 2, 0, 0, 0, 0, i}};
        lease.hostname = "desk-" + std::to_string(i);
        lease.since = lease.renewed = now - 10min;
        lease.expires = now + 50min;
    }
    rows[1].lease.client = {server::ClientKey::Kind::identifier, {0, 9}};
    rows[2].lease.expires = now - 5min;
    rows[3].lease.state = server::LeaseState::conflict;
    {
        std::filesystem::create_directories(state_.path() / "dorascope");
        auto store = host::LeaseStore::open(state_.path() / "dorascope/leases-srv.sqlite");
        ASSERT_TRUE(store && store->commit(rows));
    }
    OpenWindow open;
    open.window().showPage(ui::MainWindow::leases);
    open.session().serve(serveRequest());
    const auto& model = open.window().leasesPage().leases();
    ASSERT_TRUE(OpenWindow::waitFor([&] { return model.rowCount() == 4; })) << qPrintable(open.window().notice().text());
    EXPECT_TRUE(open.scope().state().messages().empty());
    const auto shown = [&](int row, int column) { return model.index(row, column).data().toString(); };
    using Column = models::LeaseModel::Column;
    EXPECT_EQ(shown(0, Column::kClient), QStringLiteral("desk-0"));
    EXPECT_EQ(shown(0, Column::kState), QStringLiteral("bound"));
    EXPECT_EQ(shown(0, Column::kServer), QStringLiteral("192.168.77.1"));
    EXPECT_EQ(shown(2, Column::kState), QStringLiteral("expired"));
    EXPECT_EQ(shown(3, Column::kState), QStringLiteral("conflict"));
    EXPECT_EQ(open.scope().inUse(), 2U);
    ASSERT_TRUE(OpenWindow::waitFor([&] { return open.window().statusStrip().text().contains(QStringLiteral("Pool 2 / 101")); }))
        << qPrintable(open.window().statusStrip().text());
    open.session().order(ui::LeaseOrder::erase, rows[0].lease.address);
    EXPECT_TRUE(OpenWindow::waitFor([&] { return model.rowCount() == 3; })) << "the server knows nothing of it any more";
    EXPECT_EQ(shown(0, Column::kClient), QStringLiteral("desk-1"));
    QString said;
    QObject::connect(&open.session(), &ui::SourceControl::ordered,
                     [&said](ui::LeaseOrder, Ipv4Address, const QString& words) { said = words; });
    open.session().order(ui::LeaseOrder::reserve, rows[1].lease.address);
    EXPECT_TRUE(OpenWindow::waitFor([&] { return open.session().isReserved(rows[1].lease.address); }));
    EXPECT_TRUE(OpenWindow::waitFor([&] { return shown(0, Column::kState) == QStringLiteral("bound, reserved"); }));
    EXPECT_TRUE(OpenWindow::waitFor([&] { return said.contains(QStringLiteral("is reserved for")); })) << qPrintable(said);
    EXPECT_FALSE(said.contains(QStringLiteral("given it up"))) << "whom it is reserved for has it: " << qPrintable(said);
    EXPECT_EQ(shown(1, Column::kState), QStringLiteral("expired"));
    open.session().order(ui::LeaseOrder::clearQuarantine, rows[3].lease.address);
    EXPECT_TRUE(OpenWindow::waitFor([&] { return model.rowCount() == 2; }));
}

TEST_F(LiveTest, AnInterfaceThatGoesDownIsSaidUntilItIsUpAgain)
{
    OpenWindow open;
    open.session().serve(serveRequest());
    ASSERT_TRUE(OpenWindow::waitFor([&] { return open.session().status().takesOrders; }));
    test::Cable::ip("link set srv down");
    EXPECT_TRUE(OpenWindow::waitFor([&] { return open.window().trouble().text().contains(QStringLiteral("srv is down")); }))
        << qPrintable(open.window().trouble().text());
    test::Cable::ip("link set srv up");
    EXPECT_TRUE(OpenWindow::waitFor([&] { return open.window().trouble().text().isEmpty(); }));
    EXPECT_GE(open.session().status().notices.size(), 2);
}

TEST_F(LiveTest, WhatIsDoubtfulDependsOnTheAddressesOfTheInterface)
{
    OpenWindow open;
    server::Config config = serveRequest().config;
    config.subnets[0].pools = {*Ipv4Range::parse("192.168.77.1-192.168.77.50")};
    EXPECT_FALSE(
        open.session().doubts(config, QStringLiteral("lo")).join(QLatin1Char(' ')).contains(QStringLiteral("own address")));
    const auto doubts = open.session().doubts(config, QStringLiteral("srv")).join(QLatin1Char('\n'));
    EXPECT_TRUE(doubts.contains(QStringLiteral("own address"))) << qPrintable(doubts);
}

TEST_F(LiveTest, ServingStopsByItself)
{
    OpenWindow open;
    ui::ServeRequest request = serveRequest();
    request.stopAfter = 300ms;
    open.session().serve(request);
    EXPECT_TRUE(OpenWindow::waitFor([&] {
        return open.window().notice().text().contains(QStringLiteral("Serving on srv has stopped"));
    })) << qPrintable(open.window().notice().text());
    EXPECT_TRUE(OpenWindow::waitFor([&] { return !open.session().status().running; }));
}

TEST_F(LiveTest, AFileIsReadAgainWhileServing)
{
    OpenWindow open;
    const auto write = [&](const char* pool) {
        test::write_file(open.pathOf("dhcp.toml").toStdString(),
                         std::string{"[[subnet]]\nprefix = \"192.168.77.0/24\"\npool = \""} + pool + "\"\n");
    };
    write("192.168.77.100-192.168.77.200");
    const QString file = open.pathOf("dhcp.toml");
    const auto reading = open.session().readConfig(file);
    ASSERT_TRUE(reading.config);
    ui::ServeRequest request{QStringLiteral("srv"), *reading.config, file, {}};
    open.session().serve(request);
    ASSERT_TRUE(OpenWindow::waitFor([&] { return open.session().status().takesOrders; }));
    EXPECT_EQ(open.session().status().configFile, file);
    write("192.168.77.10-192.168.77.19");
    open.session().reload();
    EXPECT_TRUE(OpenWindow::waitFor([&] { return open.session().status().serving.contains(QStringLiteral("192.168.77.10")); }));
    write("192.168.78.10-192.168.78.19");
    open.session().reload();
    EXPECT_TRUE(OpenWindow::waitFor([&] { return open.window().notice().text().contains(QStringLiteral("Line 3")); }))
        << qPrintable(open.window().notice().text());
    EXPECT_FALSE(open.session().readConfig(file).config);
    EXPECT_TRUE(open.session().readConfig(file).problem->what.contains(QStringLiteral("error")));
}

TEST_F(LiveTest, ClosingTheWindowWhileServingEndsEveryThread)
{
    auto open = std::make_unique<OpenWindow>();
    const auto before = threads();
    for (int turn = 0; turn < 3; ++turn)
        open->session().serve(serveRequest()); // each before the one before has come up
    ASSERT_GT(threads(), before);
    open.reset();
    EXPECT_TRUE(OpenWindow::waitFor([&] { return threads() <= before; })) << threads() << " threads, " << before << " before";
}

} // namespace
} // namespace dorascope
