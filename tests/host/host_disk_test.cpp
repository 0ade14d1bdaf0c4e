// SPDX-License-Identifier: GPL-3.0-or-later
// Commit, then speak: the host, its lease file, and disks that fail.
#include "engine/host/lease_store.h"
#include "tests/host/bad_disk.h"
#include "tests/host/full_disk.h"
#include "tests/host/served_cable.h"

#include <algorithm>

namespace dorascope::test {
namespace {

using namespace served;
using namespace std::chrono_literals;

class HostAndDisk : public Host { };

TEST_F(HostAndDisk, AnAckThatLeftIsOnDisk)
{
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1};
    const auto ack = client.dora();
    ASSERT_TRUE(ack);
    // Copied as it stands, open and with its log, as a crash would leave it.
    const fs::path crashed = folder_ / "crashed";
    fs::create_directory(crashed);
    for (const char* suffix : {"", "-wal"})
        fs::copy_file(folder_ / (std::string{"leases-srv.sqlite"} + suffix),
                      crashed / (std::string{"leases-srv.sqlite"} + suffix));
    const auto store = host::LeaseStore::open(crashed / "leases-srv.sqlite");
    ASSERT_TRUE(store);
    const auto leases = store->load();
    ASSERT_TRUE(leases);
    ASSERT_EQ(leases->size(), 1U);
    EXPECT_EQ(leases->front().address, ack->message.yiaddr);
}

TEST_F(HostAndDisk, KnowsItsLeasesAfterARestart)
{
    const WireClient first{*cable_, 1}, second{*cable_, 2};
    Ipv4Address had;
    {
        Serving serving{folder_.path()};
        const auto ack = first.dora();
        ASSERT_TRUE(ack);
        had = ack->message.yiaddr;
    }
    Serving serving{folder_.path()};
    first.broadcast(first.init_reboot(had));
    const auto again = first.receive();
    ASSERT_TRUE(again);
    EXPECT_EQ(again->message.type(), MessageType::ack);
    EXPECT_EQ(again->message.yiaddr, had);
    const auto other = second.dora();
    ASSERT_TRUE(other);
    EXPECT_NE(other->message.yiaddr, had);
}

TEST_F(HostAndDisk, AnswersNobodyWhileTheDiskIsFullAndEverybodyAfterwards)
{
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1}, other{*cable_, 2};
    client.broadcast(client.discover());
    const auto offer = client.receive();
    ASSERT_TRUE(offer);
    {
        const FullDisk full{1};
        client.broadcast(client.select(offer->message));
        ASSERT_TRUE(eventually([&] { return serving.host().counters().store_failures == 1; }));
        ASSERT_TRUE(eventually([&] { return serving.decisions().size() == 2; }));
    }
    EXPECT_FALSE(client.has_reply_waiting()) << "no ACK without its lease on disk";
    const auto refused = serving.decisions().back();
    EXPECT_EQ(refused.outcome, Outcome::silent);
    EXPECT_EQ(refused.steps.back().code, StepCode::storage_failed);
    EXPECT_TRUE(serving.has_said("leases-srv.sqlite"));
    EXPECT_NE(serving.host().leases().at(0).state, LeaseState::bound) << "rolled back";

    client.broadcast(client.select(offer->message));
    const auto ack = client.receive();
    ASSERT_TRUE(ack) << "the client asks again, and the disk is well";
    EXPECT_EQ(ack->message.type(), MessageType::ack);
    EXPECT_EQ(ack->message.yiaddr, offer->message.yiaddr);
    EXPECT_EQ(serving.host().counters().commits, 1U);
}

TEST_F(HostAndDisk, ARefusedReleaseIsToldAsThat)
{
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1};
    const auto ack = client.dora();
    ASSERT_TRUE(ack);
    auto release = client.message(MessageType::release);
    release.options.set_address(wire::option::server_identifier, address("192.168.77.1"));
    release.ciaddr = ack->message.yiaddr;
    {
        const FullDisk full{1};
        client.broadcast(release);
        ASSERT_TRUE(eventually([&] { return serving.host().counters().store_failures == 1; }));
        ASSERT_TRUE(eventually([&] { return serving.decisions().back().received == MessageType::release; }));
    }
    EXPECT_EQ(summary(serving.decisions().back()),
              "DHCPRELEASE from " + client.mac().to_string() + ": " + ack->message.yiaddr.to_string()
                  + " stays as it was, because what was to change could not be stored");
    EXPECT_EQ(serving.host().lease(ack->message.yiaddr)->state, LeaseState::bound);
}

/// Somebody cleans up: what is stored from then on nobody finds after a restart.
TEST_F(HostAndDisk, AcknowledgesNothingWhileAFileOfItsIsMissing)
{
    for (const char* suffix : {"", ".lock", "-wal"}) {
        SCOPED_TRACE(suffix);
        fs::remove_all(folder_ / "state");
        fs::create_directory(folder_ / "state");
        Serving serving{folder_ / "state"};
        const WireClient client{*cable_, 1};
        client.broadcast(client.discover());
        const auto offer = client.receive();
        ASSERT_TRUE(offer);
        const fs::path file = folder_ / "state" / (std::string{"leases-srv.sqlite"} + suffix), away = folder_ / "away";
        fs::rename(file, away);
        client.broadcast(client.select(offer->message));
        ASSERT_TRUE(eventually([&] { return serving.host().counters().store_failures == 1; }));
        EXPECT_FALSE(client.has_reply_waiting());
        EXPECT_TRUE(serving.has_said(file.string() + " was removed or replaced"));
        write_file(file, "another");
        client.broadcast(client.select(offer->message));
        ASSERT_TRUE(eventually([&] { return serving.host().counters().store_failures == 2; }));
        EXPECT_FALSE(client.has_reply_waiting()) << "another file in its place is not it";
        fs::rename(away, file);
        client.broadcast(client.select(offer->message));
        const auto ack = client.receive();
        ASSERT_TRUE(ack) << "it is back";
        EXPECT_EQ(ack->message.type(), MessageType::ack);
    }
}

struct FailingDisk {
    const char* name;
    BadDisk::Trouble trouble;
    const char* said;
};
class HostInTrouble : public Host, public testing::WithParamInterface<FailingDisk> { };

TEST_P(HostInTrouble, SaysOnceWhenTheDiskFailsAndOnceWhenItIsWell)
{
    BadDisk disk;
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1}, other{*cable_, 2};
    client.broadcast(client.discover());
    const auto offer = client.receive();
    ASSERT_TRUE(offer);
    serving.between_batches([&] { disk.have(GetParam().trouble); });
    for (int again = 0; again < 3; ++again)
        client.broadcast(client.select(offer->message));
    const auto refused = [&] {
        return std::ranges::count_if(serving.decisions(), [](const Decision& d) {
            return !d.steps.empty() && d.steps.back().code == StepCode::storage_failed && d.outcome == Outcome::silent;
        });
    };
    // A batch is stored as a whole or not at all: the DISCOVER comes in one of its own.
    ASSERT_TRUE(eventually([&] { return refused() == 3; }));
    other.broadcast(other.discover());
    EXPECT_TRUE(other.receive()) << "an offer needs no disk";
    EXPECT_FALSE(client.has_reply_waiting());
    const auto failures = serving.host().counters().store_failures;
    EXPECT_GE(failures, 1U);
    ASSERT_EQ(serving.notices().size(), 1U) << serving.notices().back().text;
    EXPECT_NE(serving.notices()[0].text.find("leases-srv.sqlite"), std::string::npos) << serving.notices()[0].text;
    EXPECT_NE(serving.notices()[0].text.find(GetParam().said), std::string::npos) << serving.notices()[0].text;
    EXPECT_EQ(serving.notices()[0].about, host::NoticeSubject::disk);
    EXPECT_FALSE(serving.notices()[0].over);
    EXPECT_EQ(refused(), 3);
    serving.between_batches([&] { disk.have(BadDisk::Trouble::none); });
    client.broadcast(client.select(offer->message));
    const auto ack = client.receive();
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->message.type(), MessageType::ack);
    ASSERT_EQ(serving.notices().size(), 2U);
    EXPECT_NE(serving.notices()[1].text.find("can be written again: serving goes on. " + std::to_string(failures) + " batches"),
              std::string::npos)
        << serving.notices()[1].text;
    EXPECT_EQ(serving.notices()[1].about, host::NoticeSubject::disk);
    EXPECT_TRUE(serving.notices()[1].over);
}

INSTANTIATE_TEST_SUITE_P(Disk, HostInTrouble,
                         testing::Values(FailingDisk{"full", BadDisk::Trouble::full, "No room is left"},
                                         FailingDisk{"write_fails", BadDisk::Trouble::write_fails, "cannot be read or written"},
                                         FailingDisk{"write_tears", BadDisk::Trouble::write_tears, "cannot be read or written"},
                                         FailingDisk{"sync_fails", BadDisk::Trouble::sync_fails, "cannot be read or written"}),
                         [](const auto& row) { return std::string{row.param.name}; });

TEST_F(HostAndDisk, OffersLeaveWhileTheDiskIsWaitedForAndAcksDoNot)
{
    BadDisk disk;
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1}, other{*cable_, 2};
    client.broadcast(client.discover());
    const auto offer = client.receive();
    ASSERT_TRUE(offer);
    disk.have(BadDisk::Trouble::sync_waits, "-wal");
    client.broadcast(client.select(offer->message));
    ASSERT_TRUE(eventually([&] { return disk.is_waited_for(); }));
    other.broadcast(other.discover());
    const auto meanwhile = other.receive();
    ASSERT_TRUE(meanwhile) << "an offer promises nothing";
    other.broadcast(other.select(meanwhile->message));
    ASSERT_TRUE(eventually([&] { return serving.host().counters().received == 4; }));
    EXPECT_FALSE(client.has_reply_waiting());
    EXPECT_FALSE(other.has_reply_waiting());
    EXPECT_EQ(serving.host().counters().commits, 0U);

    disk.have(BadDisk::Trouble::none);
    for (const auto& [who, promised] : {std::pair{&client, &offer}, std::pair{&other, &meanwhile}}) {
        const auto ack = who->receive();
        ASSERT_TRUE(ack);
        EXPECT_EQ(ack->message.type(), MessageType::ack);
        EXPECT_EQ(ack->message.yiaddr, (*promised)->message.yiaddr);
    }
    EXPECT_EQ(serving.host().counters().commits, 2U);
}

/// The time of a question runs from when it is decided: it does not wait for the disk.
TEST_F(HostAndDisk, ProbesLeaveWhileTheDiskIsWaitedFor)
{
    BadDisk disk;
    auto probing = config();
    probing.probe = {.enabled = true, .count = 1, .timeout = 300ms};
    Serving serving{folder_.path(), probing};
    cable_->on_client([] { Cable::ip("address add 192.168.77.101/24 dev cli"); }); // its kernel answers for it
    const WireClient client{*cable_, 1}, other{*cable_, 2};
    client.broadcast(client.discover());
    const auto offer = client.receive();
    ASSERT_TRUE(offer);
    EXPECT_EQ(offer->message.yiaddr, address("192.168.77.100"));
    disk.have(BadDisk::Trouble::sync_waits, "-wal");
    client.broadcast(client.select(offer->message));
    ASSERT_TRUE(eventually([&] { return disk.is_waited_for(); }));
    other.broadcast(other.discover());
    const auto meanwhile = other.receive();
    ASSERT_TRUE(meanwhile);
    EXPECT_EQ(meanwhile->message.yiaddr, address("192.168.77.102")) << ".101 is in use";
    EXPECT_FALSE(client.has_reply_waiting());
    disk.have(BadDisk::Trouble::none);
    ASSERT_TRUE(client.receive());
    ASSERT_TRUE(eventually([&] {
        return std::ranges::any_of(serving.host().leases(), [](const auto& l) { return l.state == LeaseState::conflict; });
    }));
}

/// To see how a server fares while its disk hangs must not wait for the disk.
TEST_F(HostAndDisk, ALookDoesNotWaitForTheDisk)
{
    BadDisk disk;
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1}, other{*cable_, 2};
    client.broadcast(client.discover());
    const auto offer = client.receive();
    ASSERT_TRUE(offer);
    disk.have(BadDisk::Trouble::sync_waits, "-wal");
    client.broadcast(client.select(offer->message));
    ASSERT_TRUE(eventually([&] { return disk.is_waited_for(); }));
    std::size_t seen = 0;
    serving.between_batches(
        [&] { serving.host().look([&](Instant, const server::DhcpServer& server) { seen = server.lease_count(); }); });
    EXPECT_EQ(seen, 1U);
    other.broadcast(other.discover());
    EXPECT_TRUE(other.receive());
    disk.have(BadDisk::Trouble::none);
    EXPECT_TRUE(client.receive());
}

/// What was decided since rests on what has not happened.
TEST_F(HostAndDisk, ATransactionThatFailsTakesWithItWhatWasDecidedMeanwhile)
{
    BadDisk disk;
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1}, other{*cable_, 2};
    client.broadcast(client.discover());
    const auto offer = client.receive();
    ASSERT_TRUE(offer);
    disk.have(BadDisk::Trouble::sync_waits_and_fails, "-wal");
    client.broadcast(client.select(offer->message));
    ASSERT_TRUE(eventually([&] { return disk.is_waited_for(); }));
    other.broadcast(other.discover());
    const auto meanwhile = other.receive();
    ASSERT_TRUE(meanwhile);
    other.broadcast(other.select(meanwhile->message));
    ASSERT_TRUE(eventually([&] { return serving.host().counters().received == 4; }));
    disk.have(BadDisk::Trouble::none);
    ASSERT_TRUE(eventually([&] { return serving.decisions().size() == 4; }));
    const auto decisions = serving.decisions();
    EXPECT_TRUE(std::ranges::is_sorted(decisions, {}, &Decision::at)) << "told in order";
    const auto refused = [](const Decision& d) {
        return d.outcome == Outcome::silent && d.steps.back().code == StepCode::storage_failed;
    };
    EXPECT_EQ(std::ranges::count_if(decisions, refused), 2);
    EXPECT_EQ(std::ranges::count(decisions, MessageType::offer, &Decision::reply), 2) << "they have left";
    EXPECT_FALSE(client.has_reply_waiting());
    EXPECT_FALSE(other.has_reply_waiting());
    for (const auto& lease : serving.host().leases())
        EXPECT_NE(lease.state, LeaseState::bound);

    for (const auto& [who, promised] : {std::pair{&other, &meanwhile}, std::pair{&client, &offer}}) {
        who->broadcast(who->select((*promised)->message));
        const auto ack = who->receive();
        ASSERT_TRUE(ack) << "they ask again, and the disk is well";
        EXPECT_EQ(ack->message.yiaddr, (*promised)->message.yiaddr);
    }
}

TEST_F(HostAndDisk, WhatIsDecidedWhileItIsToldToStopIsStillAnswered)
{
    BadDisk disk;
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1};
    client.broadcast(client.discover());
    const auto offer = client.receive();
    ASSERT_TRUE(offer);
    disk.have(BadDisk::Trouble::sync_waits, "-wal");
    client.broadcast(client.select(offer->message));
    ASSERT_TRUE(eventually([&] { return disk.is_waited_for(); }));
    serving.host().stop();
    disk.have(BadDisk::Trouble::none);
    EXPECT_TRUE(serving.wait());
    const auto ack = client.receive();
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->message.type(), MessageType::ack);
}

TEST_F(HostAndDisk, AnOrderThatCannotBeStoredChangesNothing)
{
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1};
    ASSERT_TRUE(client.dora());
    std::promise<tl::expected<void, HostError>> done;
    serving.host().post([&] {
        const FullDisk full{0};
        done.set_value(serving.host().carry_out([&](Instant now, server::DhcpServer& server, server::Outbox& out) {
            server::Inbound release;
            auto message = client.message(MessageType::release);
            message.ciaddr = server.leases().at(0).address;
            message.options.set_address(wire::option::server_identifier, address("192.168.77.1"));
            wire::Buffer payload;
            wire::emit(message, {}, payload);
            release.payload = payload;
            release.local = release.destination = address("192.168.77.1");
            release.source = message.ciaddr;
            server.receive(now, release, out);
            EXPECT_EQ(out.writes().size(), 1U);
        }));
    });
    const auto outcome = done.get_future().get();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, HostError::Kind::store);
    EXPECT_EQ(serving.host().leases().at(0).state, LeaseState::bound) << "rolled back";
}

} // namespace
} // namespace dorascope::test
