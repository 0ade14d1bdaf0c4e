// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/message_words.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <array>

namespace dorascope::models {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("MessageWords", text); }

/// %1 the client, %2 the address, %3 the server.
struct TitleRow {
    MessageType type;
    const char* withAddress;
    const char* without;
};
constexpr std::array<TitleRow, 8> kTitles{{
    {MessageType::discover, QT_TRANSLATE_NOOP("MessageWords", "%1 → every server, wants %2"),
     QT_TRANSLATE_NOOP("MessageWords", "%1 → every server")},
    {MessageType::offer, QT_TRANSLATE_NOOP("MessageWords", "%2 → %1"), QT_TRANSLATE_NOOP("MessageWords", "no address → %1")},
    {MessageType::request, QT_TRANSLATE_NOOP("MessageWords", "%1 asks for %2"),
     QT_TRANSLATE_NOOP("MessageWords", "%1 asks for an address")},
    {MessageType::decline, QT_TRANSLATE_NOOP("MessageWords", "%1 declines %2"), QT_TRANSLATE_NOOP("MessageWords", "%1 declines")},
    {MessageType::ack, QT_TRANSLATE_NOOP("MessageWords", "%2 → %1"), QT_TRANSLATE_NOOP("MessageWords", "parameters → %1")},
    {MessageType::nak, QT_TRANSLATE_NOOP("MessageWords", "%2 refused to %1"), QT_TRANSLATE_NOOP("MessageWords", "refused to %1")},
    {MessageType::release, QT_TRANSLATE_NOOP("MessageWords", "%1 gives %2 back"),
     QT_TRANSLATE_NOOP("MessageWords", "%1 gives its address back")},
    {MessageType::inform, QT_TRANSLATE_NOOP("MessageWords", "%1 (%2) asks for parameters"),
     QT_TRANSLATE_NOOP("MessageWords", "%1 asks for parameters")},
}};
constexpr TitleRow kOther{MessageType::none, QT_TRANSLATE_NOOP("MessageWords", "%1, %2"),
                          QT_TRANSLATE_NOOP("MessageWords", "%1")};

} // namespace

QString typeName(MessageType type)
{
    const auto name = short_name(type);
    return QString::fromLatin1(name.data(), static_cast<qsizetype>(name.size()));
}

QString missingWord() { return tr("Missing"); }

QString messageTitle(const Scope& scope, const observe::Message& message)
{
    const auto found = std::ranges::find(kTitles, message.type, &TitleRow::type);
    const TitleRow& row = found != kTitles.end() ? *found : kOther;
    Ipv4Address address = message.address;
    // A NAK bears no address (RFC 2131 table 3): the one refused is its exchange's.
    const auto exchanges = scope.state().exchanges();
    if (message.type == MessageType::nak && message.exchange < exchanges.size()) address = exchanges[message.exchange].address;
    // The name last: one that a hostile client chose may have "%2" in it.
    const QString client = scope.clientName(message.client);
    if (address.is_unspecified()) return tr(row.without).replace(QStringLiteral("%1"), client);
    QString text = tr(row.withAddress);
    text.replace(QStringLiteral("%2"), QString::fromStdString(address.to_string()));
    return text.replace(QStringLiteral("%1"), client);
}

QString messageSubtitle(const observe::Message& message, std::uint32_t bytes)
{
    QStringList parts;
    parts << tr("frame %1").arg(message.frame);
    if (bytes > 0) parts << tr("%1 bytes").arg(bytes);
    parts << QStringLiteral("xid 0x%1").arg(message.xid, 8, 16, QLatin1Char('0'));
    parts << (message.link_broadcast ? tr("broadcast") : tr("unicast"));
    if (message.relayed) parts << tr("relayed");
    if (message.retransmission) parts << tr("sent again");
    if (message.malformed) parts << tr("malformed");
    return parts.join(QStringLiteral(" · "));
}

} // namespace dorascope::models
