// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/watched_lan.h"
#include "ui/models/why.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace dorascope::models::test {
namespace {

Why whyOf(const Scope& scope, observe::MessageId id)
{
    const auto detail = messageDetail(scope, id);
    return detail ? why(scope, *detail) : Why{};
}
QString stepText(const Why& why, const QString& title)
{
    const auto step = std::ranges::find(why.steps, title, &WhyStep::title);
    return step == why.steps.end() ? QStringLiteral("(no such step)") : step->text;
}
QString optionValue(const Why& why, int code)
{
    const auto line = std::ranges::find(why.options, code, &OptionLine::code);
    return line == why.options.end() ? QStringLiteral("(no such option)") : line->value;
}
/// The n-th message of a type.
observe::MessageId nth(const WatchedLan& lan, MessageType type, int n = 0)
{
    for (observe::MessageId id = 0; id < lan.state.messages().size(); ++id)
        if (lan.state.messages()[id].type == type && n-- == 0) return id;
    return observe::kNone;
}

TEST(Why, OurServerSaysItsReasons)
{
    WatchedLab lan{"three-clients"};
    lan.runs(2s);
    const auto second = whyOf(lan.scope, nth(lan, MessageType::offer, 1));
    EXPECT_FALSE(second.deduced);
    EXPECT_TRUE(second.preface.isEmpty());
    EXPECT_TRUE(stepText(second, "Subnet").startsWith("192.168.1.0/24"));
    const auto refused = std::ranges::find(second.steps, QStringLiteral("Candidate .100"), &WhyStep::title);
    ASSERT_NE(refused, second.steps.end());
    EXPECT_TRUE(refused->rejected);
    EXPECT_TRUE(refused->text.contains("Laptop A")) << "the other client by its name: " << refused->text.toStdString();
    EXPECT_TRUE(std::ranges::any_of(second.steps, [](const WhyStep& s) { return s.title == "Candidate .101" && !s.rejected; }));
    EXPECT_THAT(second.clauses, testing::Contains(QStringLiteral("RFC 2131 §4.3.1")));
    EXPECT_THAT(second.clauses, testing::Contains(QStringLiteral("§4.1")));
}

TEST(Why, ListsTheOffersOptions)
{
    WatchedLab lan{"three-clients"};
    lan.runs(2s);
    const auto offer = whyOf(lan.scope, nth(lan, MessageType::offer));
    EXPECT_EQ(offer.optionsTitle, "In this offer");
    EXPECT_EQ(optionValue(offer, 1), "255.255.255.0");
    EXPECT_EQ(optionValue(offer, 3), "192.168.1.1");
    EXPECT_EQ(optionValue(offer, 54), "192.168.1.1");
    EXPECT_EQ(optionValue(offer, 53), "(no such option)") << "it stands in the heading";
    const auto times = std::ranges::find(offer.options, 58, &OptionLine::code);
    ASSERT_NE(times, offer.options.end());
    EXPECT_EQ(times->name, "58/59 T1, T2");
    EXPECT_TRUE(times->value.contains(", "));
    EXPECT_EQ(optionValue(offer, 59), "(no such option)");
}

TEST(Why, AnotherServersReasonsAreDeducedAndSaidToBe)
{
    WatchedLab lan{"rogue"};
    lan.runs(10s);
    for (observe::MessageId id = 0; id < lan.state.messages().size(); ++id) {
        const auto& m = lan.state.messages()[id];
        if (!m.from_server || lan.state.servers()[m.server].embedded) continue;
        const auto result = whyOf(lan.scope, id);
        EXPECT_TRUE(result.deduced);
        EXPECT_FALSE(result.preface.isEmpty());
        EXPECT_TRUE(stepText(result, "Server").contains("gateway")) << stepText(result, "Server").toStdString();
        EXPECT_TRUE(stepText(result, "Sent to").contains("broadcast flag"));
        return;
    }
    FAIL() << "the rogue said nothing";
}

TEST(Why, TellsWhetherTheAddressWasAskedForOrHeldOrNew)
{
    WatchedLan lan;
    lan.hears(discover("A").xid(1));
    const auto fresh = lan.hears(offer("A", "10.0.0.10").xid(1));
    EXPECT_TRUE(stepText(whyOf(lan.scope, fresh), "Address").contains("new to this client"));
    lan.hears(request("A", "10.0.0.10").xid(1));
    const auto asked = lan.hears(ack("A", "10.0.0.10").xid(1));
    EXPECT_TRUE(stepText(whyOf(lan.scope, asked), "Address").contains("the client asked for"));
    lan.now += 10s;
    lan.hears(discover("A").xid(2));
    const auto again = lan.hears(offer("A", "10.0.0.10").xid(2));
    EXPECT_TRUE(stepText(whyOf(lan.scope, again), "Address").contains("held it before"));
}

struct RequestCase {
    const char* name;
    Said said;
};
class RequestState : public testing::TestWithParam<RequestCase> { };

// RFC 2131 §4.3.2
TEST_P(RequestState, IsTold)
{
    WatchedLan lan;
    const auto id = lan.hears(GetParam().said);
    EXPECT_TRUE(stepText(whyOf(lan.scope, id), "Client's state").startsWith(GetParam().name))
        << stepText(whyOf(lan.scope, id), "Client's state").toStdString();
}

Said rebind()
{
    auto said = renew("A", "10.0.0.10");
    said.frame.destination = kBroadcastAddress;
    said.frame.destination_mac = kBroadcastMac;
    return said;
}
INSTANTIATE_TEST_SUITE_P(States, RequestState,
                         testing::Values(RequestCase{"SELECTING", request("A", "10.0.0.10")},
                                         RequestCase{"INIT-REBOOT", reboot("A", "10.0.0.10")},
                                         RequestCase{"RENEWING", renew("A", "10.0.0.10")}, RequestCase{"REBINDING", rebind()},
                                         RequestCase{"?", request("A", "10.0.0.10").without(50).without(54)}),
                         [](const auto& row) {
                             std::string name{row.param.name};
                             std::ranges::replace(name, '-', '_');
                             return name == "?" ? "unclear" : name;
                         });

TEST(Why, ARequestLeftUnansweredBearsOurServersReason)
{
    WatchedLan lan;
    const auto id = lan.hears(discover("A"));
    auto decision = decided("A", MessageType::discover, MessageType::none);
    decision.outcome = Outcome::silent;
    decision.steps = {{StepCode::pool_exhausted, {}, 0, {}}};
    lan.decides(decision);
    const auto result = whyOf(lan.scope, id);
    EXPECT_FALSE(result.deduced);
    EXPECT_TRUE(stepText(result, "Pool").contains("no address is left"));
    EXPECT_TRUE(result.preface.contains("did not answer"));
}

TEST(Why, TellsTheReasonANakGives)
{
    WatchedLan lan;
    lan.hears(reboot("A", "10.9.9.9"));
    const auto id = lan.hears(nak("A").text(wire::option::message, "wrong network"));
    EXPECT_TRUE(stepText(whyOf(lan.scope, id), "Reason given (opt 56)").contains("wrong network"));
}

TEST(Why, SurvivesRubbishAndForgottenFrames)
{
    WatchedLan lan;
    lan.hears(discover("A").raw(wire::Buffer(30, std::byte{1})));
    lan.hears(discover("B").xid(2));
    observe::Recording empty;
    for (observe::MessageId id = 0; id < lan.state.messages().size(); ++id)
        EXPECT_TRUE(messageDetail(lan.scope, id));
    Scope forgotten;
    forgotten.setState(&lan.state, &empty);
    const auto detail = messageDetail(forgotten, 0);
    ASSERT_TRUE(detail);
    EXPECT_TRUE(detail->bytes.empty());
    EXPECT_TRUE(why(forgotten, *detail).options.empty());
    EXPECT_FALSE(messageDetail(forgotten, 999));
}

} // namespace
} // namespace dorascope::models::test
