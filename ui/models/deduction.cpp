// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/deduction.h"

#include "engine/wire/option_table.h"
#include "ui/models/message_words.h"
#include "ui/models/server_model.h"
#include "ui/models/time_text.h"

#include <QCoreApplication>

namespace dorascope::models {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("Why", text); }
QString text(Ipv4Address address) { return QString::fromStdString(address.to_string()); }
QString section(const char* number) { return QStringLiteral("RFC 2131 §") + QLatin1String(number); }

const observe::Exchange* exchangeOf(const Scope& scope, const observe::Message& message)
{
    const auto exchanges = scope.state().exchanges();
    return message.exchange < exchanges.size() ? &exchanges[message.exchange] : nullptr;
}

/// The client's last message before this one in its exchange.
const observe::Message* askedBefore(const Scope& scope, const observe::Message& message)
{
    const auto* exchange = exchangeOf(scope, message);
    const auto messages = scope.state().messages();
    const observe::Message* found = nullptr;
    if (exchange == nullptr) return nullptr;
    for (const auto id : exchange->messages) {
        if (id >= messages.size() || &messages[id] == &message) break;
        if (!messages[id].from_server) found = &messages[id];
    }
    return found;
}

WhyStep serverStep(const Scope& scope, const observe::Message& message)
{
    const auto servers = scope.state().servers();
    const auto reference = referenceServer(scope.state());
    WhyStep step{tr("Server"),
                 QStringLiteral("%1, %2").arg(scope.serverName(message.server), scope.serverDetail(message.server)),
                 {},
                 false};
    if (message.server >= servers.size() || reference >= servers.size() || reference == message.server) return step;
    const auto differences = serverDifferences(servers[message.server], servers[reference]);
    if (!differences.isEmpty())
        step.text += tr("; differs from %1 in: %2").arg(scope.serverName(reference), differences.join(QStringLiteral(", ")));
    return step;
}

WhyStep addressStep(const Scope& scope, const observe::Message& message, const observe::Message* asked)
{
    WhyStep step{tr("Address"), text(message.address), section("4.3.1"), false};
    const auto binding = scope.state().binding(message.address);
    const auto* exchange = exchangeOf(scope, message);
    const bool held = binding && binding->client == message.client && exchange != nullptr && binding->since < exchange->start
        && binding->since != Instant{};
    if (asked != nullptr && asked->address == message.address)
        step.text += tr(": the one the client asked for");
    else if (held)
        step.text += tr(": the client held it before");
    else
        step.text += tr(": new to this client, as far as seen");
    return step;
}

/// RFC 2131 §4.1: who gets a reply how.
WhyStep destinationStep(const observe::Message& message)
{
    WhyStep step{tr("Sent to"), {}, section("4.1"), false};
    if (message.relayed)
        step.text = tr("the relay agent that the request came through (giaddr)");
    else if (message.link_broadcast && message.type == MessageType::nak)
        step.text = tr("everybody, as every NAK without a relay");
    else if (message.link_broadcast && message.broadcast_flag)
        step.text = tr("everybody, because the client set the broadcast flag");
    else if (message.link_broadcast)
        step.text = tr("everybody, although the client did not set the broadcast flag");
    else
        step.text = tr("the client alone: the broadcast flag is not set, or the client has its address already");
    return step;
}

struct RequestState {
    const char* name;
    const char* meaning;
};

/// RFC 2131 §4.3.2, table 4: which of the four states a REQUEST comes from.
RequestState requestState(const wire::Message& request, bool broadcast)
{
    const bool server = request.options.has(wire::option::server_identifier);
    const bool requested = request.options.has(wire::option::requested_address);
    const bool ciaddr = !request.ciaddr.is_unspecified();
    if (server && !ciaddr) return {"SELECTING", QT_TRANSLATE_NOOP("Why", "takes an offer and names the server it chose")};
    if (!server && requested && !ciaddr)
        return {"INIT-REBOOT", QT_TRANSLATE_NOOP("Why", "has restarted and asks whether its address is still its own")};
    if (!server && !requested && ciaddr && broadcast)
        return {"REBINDING", QT_TRANSLATE_NOOP("Why", "asks any server to extend its lease: its own did not answer")};
    if (!server && !requested && ciaddr) return {"RENEWING", QT_TRANSLATE_NOOP("Why", "asks its server to extend its lease")};
    return {"?", QT_TRANSLATE_NOOP("Why", "server identifier, requested address and ciaddr fit none of the four states")};
}

void addRequestFacts(const wire::Message& parsed, const observe::Message& message, std::vector<WhyStep>& steps)
{
    if (message.type == MessageType::request) {
        const auto state = requestState(parsed, message.link_broadcast);
        steps.push_back({tr("Client's state"), QStringLiteral("%1: %2").arg(QLatin1String(state.name), tr(state.meaning)),
                         section("4.3.2"), state.name[0] == '?'});
    }
    if (const auto wanted = parsed.options.address(wire::option::requested_address))
        steps.push_back({tr("Requested (opt 50)"), text(*wanted), section("4.4.1"), false});
    if (const auto chosen = parsed.options.address(wire::option::server_identifier))
        steps.push_back({tr("Chosen server (opt 54)"), text(*chosen), section("4.3.2"), false});
    if (const auto list = parsed.options.find(wire::option::parameter_request_list))
        steps.push_back({tr("Parameters wanted (opt 55)"),
                         QString::fromStdString(wire::option_text(wire::option::parameter_request_list, *list)), section("3.5"),
                         false});
    const bool broadcast = parsed.broadcast();
    if (message.type == MessageType::discover || message.type == MessageType::request)
        steps.push_back({tr("Broadcast flag"),
                         broadcast ? tr("set: the client cannot take unicast before it has an address") : tr("not set"),
                         section("4.1"), false});
}

WhyStep answerStep(const Scope& scope, const observe::Message& message, const observe::Exchange& exchange)
{
    const auto messages = scope.state().messages();
    QStringList answers;
    bool after = false;
    for (const auto id : exchange.messages) {
        if (id >= messages.size()) break;
        const auto& m = messages[id];
        if (&m == &message)
            after = true;
        else if (after && !m.from_server)
            break;
        else if (after && answers.size() < 8)
            answers
                << tr("%1 from %2 after %3").arg(typeName(m.type), scope.serverName(m.server), durationText(m.at - message.at));
    }
    const bool pending = exchange.outcome == observe::ExchangeOutcome::pending;
    const bool silent = message.type == MessageType::decline || message.type == MessageType::release;
    if (answers.isEmpty() && silent) return {tr("Answer"), tr("none: a server does not answer this"), section("4.3.3"), false};
    if (answers.isEmpty()) return {tr("Answer"), pending ? tr("none yet") : tr("none seen"), {}, !pending};
    return {tr("Answer"), answers.join(QStringLiteral(", ")), {}, false};
}

} // namespace

std::vector<WhyStep> deduceReply(const Scope& scope, const observe::Message& message, const std::optional<wire::Message>& parsed)
{
    std::vector<WhyStep> steps{serverStep(scope, message)};
    const auto* asked = askedBefore(scope, message);
    if (!message.address.is_unspecified()) steps.push_back(addressStep(scope, message, asked));
    if (parsed) {
        if (const auto reason = parsed->options.find(wire::option::message))
            steps.push_back({tr("Reason given (opt 56)"),
                             QString::fromStdString(wire::option_text(wire::option::message, *reason)),
                             QStringLiteral("RFC 2132 §9.9"), message.type == MessageType::nak});
    }
    if (asked != nullptr)
        steps.push_back(
            {tr("Answered"), tr("%1 after the %2").arg(durationText(message.at - asked->at), typeName(asked->type)), {}, false});
    else
        steps.push_back({tr("Answered"), tr("a request that was not seen"), {}, false});
    steps.push_back(destinationStep(message));
    return steps;
}

std::vector<WhyStep> deduceRequest(const Scope& scope, const observe::Message& message,
                                   const std::optional<wire::Message>& parsed)
{
    std::vector<WhyStep> steps;
    if (message.malformed) steps.push_back({tr("Malformed"), tr("servers may drop it: see Fields"), section("2"), true});
    if (parsed) addRequestFacts(*parsed, message, steps);
    const auto* exchange = exchangeOf(scope, message);
    if (message.retransmission && exchange != nullptr) {
        const auto times = exchange->retransmissions;
        const QString text = times == 1 ? tr("once in this exchange") : tr("%1 times in this exchange").arg(times);
        steps.push_back({tr("Sent again"), tr("%1: no answer reached the client in time").arg(text), section("4.1"), false});
    }
    if (exchange != nullptr) steps.push_back(answerStep(scope, message, *exchange));
    return steps;
}

} // namespace dorascope::models
