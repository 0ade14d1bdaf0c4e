// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/lease_actions.h"

#include "ui/views/texts.h"

#include <QCoreApplication>
#include <QItemSelectionModel>

#include <algorithm>

namespace dorascope::ui {
namespace {

using observe::BindingState;

constexpr unsigned bit(BindingState state) { return 1U << static_cast<unsigned>(state); }
constexpr unsigned kTaken = bit(BindingState::bound) | bit(BindingState::offered);
constexpr unsigned kSetAside = bit(BindingState::declined) | bit(BindingState::conflict);
constexpr unsigned kAny = ~0U;

struct Row {
    LeaseOrder order;
    const char* text;
    const char* question; ///< %1 address, %2 client; empty: carried out at once, because it can be taken back
    const char* button;
    QKeyCombination keys;
    unsigned states; ///< of the lease, in which it makes sense
};
const std::array kRows{
    Row{LeaseOrder::reserve, QT_TRANSLATE_NOOP("LeaseActions", "Reserve for this client"), "", "", Qt::CTRL | Qt::Key_K,
        kAny & ~kSetAside},
    Row{LeaseOrder::unreserve, QT_TRANSLATE_NOOP("LeaseActions", "Give up the reservation"), "", "",
        Qt::CTRL | Qt::SHIFT | Qt::Key_K, kAny},
    Row{LeaseOrder::release, QT_TRANSLATE_NOOP("LeaseActions", "Release\u2026"),
        QT_TRANSLATE_NOOP(
            "LeaseActions",
            "Release %1? %2 is not told, and may use the address until its lease ends, while somebody else gets it."),
        QT_TRANSLATE_NOOP("LeaseActions", "Release"), Qt::Key_Backspace, kTaken},
    Row{LeaseOrder::clearQuarantine, QT_TRANSLATE_NOOP("LeaseActions", "Clear the quarantine\u2026"),
        QT_TRANSLATE_NOOP("LeaseActions",
                          "End the quarantine of %1? Somebody was found to use it; if he still does, two machines will have one "
                          "address."),
        QT_TRANSLATE_NOOP("LeaseActions", "End quarantine"), Qt::CTRL | Qt::Key_U, kSetAside},
    Row{LeaseOrder::erase, QT_TRANSLATE_NOOP("LeaseActions", "Delete\u2026"),
        QT_TRANSLATE_NOOP("LeaseActions",
                          "Forget %1, and that %2 ever had it? Who uses the address now is not told. This cannot be taken back."),
        QT_TRANSLATE_NOOP("LeaseActions", "Delete"), Qt::Key_Delete, kAny},
};

/// A menu with a style sheet sets its keys close behind the longest text.
const QString kBeforeKeys(2, QChar(0x2003));

QString say(const char* words) { return QCoreApplication::translate("LeaseActions", words); }
const Row& rowOf(LeaseOrder order) { return *std::ranges::find(kRows, order, &Row::order); }

} // namespace

LeaseActions::LeaseActions(models::Scope& scope, models::LeaseModel& model, SourceControl& control, QTableView& table,
                           OrderBar& bar)
    : QObject(&table), scope_(scope), model_(model), control_(control), table_(table), bar_(bar)
{
    table.setContextMenuPolicy(Qt::ActionsContextMenu);
    for (const Row& row : kRows) {
        auto* const action = new QAction(say(row.text) + kBeforeKeys, &table);
        action->setShortcut(row.keys);
        action->setShortcutContext(Qt::WidgetShortcut);
        actions_[static_cast<std::size_t>(row.order)] = action;
        table.addAction(action);
        connect(action, &QAction::triggered, this, [this, order = row.order] { trigger(order); });
    }
    connect(table.selectionModel(), &QItemSelectionModel::currentRowChanged, this, &LeaseActions::refresh);
    connect(&control, &SourceControl::statusChanged, this, &LeaseActions::refresh);
    connect(&scope, &models::Scope::advanced, this, &LeaseActions::refresh);
    connect(&control, &SourceControl::ordered, this, &LeaseActions::onOrdered);
    connect(&control, &SourceControl::sourceChanged, &bar, &OrderBar::dismiss);
    connect(&control, &SourceControl::reloaded, &bar, [&bar](const QString& said) { bar.tell(said); });
    refresh();
}

const observe::Binding* LeaseActions::current() const
{
    const QModelIndex at = table_.currentIndex();
    return at.isValid() ? &model_.bindingAt(at.row()) : nullptr;
}

void LeaseActions::refresh()
{
    const observe::Binding* const binding = current();
    // The past cannot be ordered about, and another server's leases are not ours.
    const bool possible = binding != nullptr && scope_.isLive() && control_.status().takesOrders;
    const auto servers = scope_.state().servers();
    const bool ours = possible && (binding->server >= servers.size() || servers[binding->server].embedded);
    // … but what this server has in quarantine is its own matter, whoever leased it out.
    const bool setAside = possible && binding->quarantined;
    const bool reserved = ours && control_.isReserved(binding->address);
    const bool leased = ours && !model_.isReservedOnly(table_.currentIndex().row());
    for (const Row& row : kRows) {
        QAction& one = action(row.order);
        const bool sensible = row.order == LeaseOrder::unreserve ? reserved : leased;
        const bool clears = row.order == LeaseOrder::clearQuarantine && setAside;
        one.setEnabled(clears || (ours && sensible && (row.states & bit(binding->state)) != 0));
        one.setToolTip(ours || clears || binding == nullptr ? QString()
                                                            : say("Only for leases of a server that runs in this window"));
    }
}

void LeaseActions::trigger(LeaseOrder order)
{
    const observe::Binding* const binding = current();
    if (binding == nullptr) return;
    const Ipv4Address address = binding->address; // the table goes on while the question stands
    const Row& row = rowOf(order);
    if (*row.question == '\0') return control_.order(order, address);
    const QString question = say(row.question);
    bar_.ask(question.contains(QLatin1String("%2")) ? question.arg(text(address), scope_.clientName(binding->client))
                                                    : question.arg(text(address)),
             say(row.button), [this, order, address] { control_.order(order, address); });
}

void LeaseActions::onOrdered(LeaseOrder order, Ipv4Address address, const QString& said)
{
    if (order != LeaseOrder::reserve) return bar_.tell(said);
    bar_.tell(said, [this, address] { control_.order(LeaseOrder::unreserve, address); });
}

} // namespace dorascope::ui
