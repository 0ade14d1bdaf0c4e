// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/top_bar.h"

#include "ui/models/time_text.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/views/texts.h"

#include <QAction>
#include <QActionGroup>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QShortcut>
#include <QStyle>
#include <QToolButton>

#include <algorithm>
#include <utility>

namespace dorascope::ui {
namespace {

/// Not QAbstractButton::setShortcut: that one is forgotten whenever the button's text changes, and opens no menu.
void addShortcut(QToolButton& button, const QKeySequence& keys)
{
    if (keys.isEmpty()) return;
    auto* const shortcut = new QShortcut(keys, &button);
    QObject::connect(shortcut, &QShortcut::activated, &button, [&button] {
        if (button.menu() != nullptr)
            button.showMenu();
        else
            button.click();
    });
}

QToolButton* button(const QString& name, const QString& tip, const QKeySequence& shortcut)
{
    auto* const made = new QToolButton;
    made->setText(name);
    made->setAccessibleName(name);
    made->setFocusPolicy(Qt::StrongFocus);
    made->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    made->setIconSize({16, 16});
    addShortcut(*made, shortcut);
    made->setToolTip(shortcut.isEmpty() ? tip : QStringLiteral("%1 (%2)").arg(tip, shortcut.toString(QKeySequence::NativeText)));
    return made;
}

QToolButton* iconButton(const QString& name, const QString& tip, const QKeySequence& shortcut)
{
    auto* const made = button(name, tip, shortcut);
    made->setToolButtonStyle(Qt::ToolButtonIconOnly);
    made->setProperty("kind", "icon");
    return made;
}

/// A style sheet looks at a property only when it polishes.
void setKind(QToolButton& widget, const char* kind)
{
    if (widget.property("kind").toByteArray() == kind) return;
    widget.setProperty("kind", kind);
    widget.style()->unpolish(&widget);
    widget.style()->polish(&widget);
}

/// In the menu; what stands on the button is the shorter one.
QString paceName(Pace pace)
{
    switch (pace) {
    case Pace::watchable: return TopBar::tr("Slow motion");
    case Pace::realTime: return TopBar::tr("Real time");
    case Pace::fast: return TopBar::tr("Fast: a minute a second");
    }
    return {};
}
/// A style sheet draws a menu's sections as lines only; a line that cannot be chosen says what follows.
void addHeading(QMenu& menu, const QString& words)
{
    if (!menu.isEmpty()) menu.addSeparator();
    menu.addAction(words)->setEnabled(false);
}

QString paceMark(Pace pace)
{
    switch (pace) {
    case Pace::watchable: return TopBar::tr("Slow");
    case Pace::realTime: return TopBar::tr("1\u00d7");
    case Pace::fast: return TopBar::tr("60\u00d7");
    }
    return {};
}

} // namespace

TopBar::TopBar(models::Scope& scope, SourceControl& control, QWidget* parent)
    : QWidget(parent), scope_(scope), control_(control),
      source_(button({}, tr("Where the frames come from"), Qt::ALT | Qt::Key_S)),
      capture_(button(tr("Capture"), tr("Watch an interface of this machine"), Qt::CTRL | Qt::Key_R)),
      serve_(button(tr("Serve"), tr("Serve addresses on an interface"), Qt::CTRL | Qt::Key_E)),
      pause_(iconButton(tr("Pause"), tr("Pause or continue the virtual LAN"), Qt::Key_F8)),
      step_(iconButton(tr("Step"), tr("Stop, and go on by one frame"), Qt::Key_F10)),
      pace_(button({}, tr("How fast the virtual LAN's time passes"), {})),
      chip_(button(tr("Live"), tr("Return to the newest frame"), Qt::CTRL | Qt::Key_L)),
      theme_(iconButton(tr("Theme"), tr("Light, dark, or as the system"), Qt::CTRL | Qt::Key_T)),
      inspector_(iconButton(tr("Inspector"), tr("Show or hide the inspector"), Qt::CTRL | Qt::Key_I)), filter_(new QLineEdit),
      search_(nullptr), sourceMenu_(new QMenu(this)), captureMenu_(new QMenu(this))
{
    setObjectName(QStringLiteral("bar"));
    setAttribute(Qt::WA_StyledBackground);
    build();
    connectAll();
    restyle();
    refresh();
}

void TopBar::build()
{
    source_->setPopupMode(QToolButton::InstantPopup);
    source_->setMenu(sourceMenu_);
    source_->setAccessibleName(tr("Source"));
    source_->setMinimumWidth(188);
    setKind(*serve_, "primary");
    pace_->setPopupMode(QToolButton::InstantPopup);
    pace_->setAccessibleName(tr("Speed"));
    addLabControls();
    filter_->setPlaceholderText(tr("Filter: client, address, xid:\u2026, state:nak, server:\u2026"));
    filter_->setAccessibleName(tr("Filter"));
    filter_->setToolTip(
        tr("Terms separated by spaces, all must match: free text, xid:, client:, address:, server:, state:, type: (Ctrl+F)"));
    filter_->setClearButtonEnabled(true);
    filter_->setMinimumWidth(96);
    filter_->setMaximumWidth(420);
    search_ = filter_->addAction(QIcon(), QLineEdit::LeadingPosition);
    chip_->setAccessibleName(tr("Live or past"));

    auto* const row = new QHBoxLayout(this);
    row->setContentsMargins(13, 9, 13, 10);
    row->setSpacing(8);
    row->addWidget(source_);
    row->addSpacing(4);
    for (QToolButton* const one : {capture_, serve_, pause_, step_, pace_})
        row->addWidget(one);
    row->addStretch(1);
    row->addWidget(filter_, 8);
    row->addStretch(1);
    for (QToolButton* const one : {chip_, theme_, inspector_})
        row->addWidget(one);
}

void TopBar::addLabControls()
{
    auto* const menu = new QMenu(this);
    auto* const group = new QActionGroup(this);
    for (const Pace pace : {Pace::watchable, Pace::realTime, Pace::fast}) {
        QAction* const action = menu->addAction(paceName(pace), this, [this, pace] { control_.setPace(pace); });
        action->setCheckable(true);
        group->addAction(action);
        paces_.append(action);
    }
    pace_->setMenu(menu);
}

void TopBar::connectAll()
{
    connect(sourceMenu_, &QMenu::aboutToShow, this, &TopBar::fillSourceMenu);
    connect(captureMenu_, &QMenu::aboutToShow, this, &TopBar::fillCaptureMenu);
    connect(capture_, &QToolButton::clicked, this, &TopBar::capture);
    connect(serve_, &QToolButton::clicked, this, &TopBar::serve);
    connect(pause_, &QToolButton::clicked, this, [this] { control_.setPaused(!control_.status().paused); });
    connect(step_, &QToolButton::clicked, &control_, &SourceControl::step);
    connect(filter_, &QLineEdit::textChanged, &scope_, &models::Scope::setFilter);
    connect(&scope_, &models::Scope::filterChanged, this, [this] {
        if (filter_->text() != scope_.filter()) filter_->setText(scope_.filter());
    });
    connect(chip_, &QToolButton::clicked, &scope_, &models::Scope::goLive);
    connect(theme_, &QToolButton::clicked, this, &TopBar::themeRequested);
    connect(inspector_, &QToolButton::clicked, this, &TopBar::inspectorToggled);
    connect(&control_, &SourceControl::statusChanged, this, &TopBar::refresh);
    connect(&scope_, &models::Scope::advanced, this, &TopBar::refreshChip);
    connect(&scope_, &models::Scope::reset, this, &TopBar::refreshChip);
    connect(&scope_, &models::Scope::liveChanged, this, &TopBar::refreshChip);
    connect(&Theme::current(), &Theme::changed, this, &TopBar::restyle);
}

void TopBar::addInterfaces(QMenu& menu)
{
    const auto found = control_.interfaces();
    bool any = false;
    for (const InterfaceChoice& choice : found) {
        if (choice.loopback) continue;
        any = true;
        const QString state = !choice.up ? tr("down")
            : !choice.carrier            ? tr("no cable or no link")
            : choice.address             ? text(*choice.address)
                                         : tr("no address");
        menu.addAction(tr("%1 \u00b7 %2").arg(choice.name, state), this, [this, name = choice.name] { control_.watch(name); });
    }
    if (!any) menu.addAction(tr("This machine has no network interface"))->setEnabled(false);
}

void TopBar::fillSourceMenu()
{
    sourceMenu_->clear();
    const SourceStatus status = control_.status();
    addHeading(*sourceMenu_, tr("Virtual LAN"));
    for (const ScenarioChoice& choice : control_.scenarios()) {
        QAction* const action =
            sourceMenu_->addAction(choice.title, this, [this, name = choice.name] { control_.openLab(name); });
        action->setCheckable(true);
        action->setChecked(status.kind == SourceKind::lab && status.name == choice.name);
    }
    addHeading(*sourceMenu_, tr("Watch an interface"));
    addInterfaces(*sourceMenu_);
    sourceMenu_->addSeparator();
    sourceMenu_->addAction(tr("Open a capture file\u2026"), this, &TopBar::openCaptureRequested);
}

void TopBar::fillCaptureMenu()
{
    captureMenu_->clear();
    addHeading(*captureMenu_, tr("Watch an interface"));
    addInterfaces(*captureMenu_);
}

void TopBar::capture()
{
    const SourceStatus status = control_.status();
    if (status.kind == SourceKind::watch && status.running) return control_.stop();
    captureMenu_->popup(capture_->mapToGlobal(QPoint(0, capture_->height() + 2)));
}

void TopBar::serve()
{
    const SourceStatus status = control_.status();
    if (status.kind == SourceKind::serve && status.running) return control_.stop();
    Q_EMIT serveRequested();
}

QString TopBar::sourceText() const { return source_->text(); }

void TopBar::refresh()
{
    const SourceStatus status = control_.status();
    const QString title = status.kind == SourceKind::none ? tr("Choose a source") : status.title;
    source_->setText(source_->fontMetrics().elidedText(title, Qt::ElideMiddle, 260));
    const Theme& theme = Theme::current();
    source_->setIcon(icon(QStringLiteral("dot"), theme.color(status.running ? Role::good : Role::textFaint)));
    const bool capturing = status.kind == SourceKind::watch && status.running,
               serving = status.kind == SourceKind::serve && status.running;
    capture_->setText(capturing ? tr("Stop") : tr("Capture"));
    capture_->setIcon(icon(capturing ? QStringLiteral("stop") : QStringLiteral("record"), QColor(0xd9, 0x2d, 0x20)));
    serve_->setText(serving ? tr("Stop") : tr("Serve"));
    serve_->setIcon(icon(serving ? QStringLiteral("stop") : QStringLiteral("play"), theme.messageInk(MessageType::ack)));
    const bool lab = status.kind == SourceKind::lab;
    for (QToolButton* const one : {pause_, step_, pace_})
        one->setVisible(lab);
    pause_->setIcon(icon(status.paused ? QStringLiteral("play") : QStringLiteral("pause"), theme.color(Role::text)));
    pause_->setAccessibleName(status.paused ? tr("Continue") : tr("Pause"));
    pace_->setText(paceMark(status.pace));
    paces_[static_cast<int>(status.pace)]->setChecked(true);
    refreshChip();
}

void TopBar::refreshChip()
{
    const SourceStatus status = control_.status();
    const bool moving = scope_.isLive() && status.running && !status.paused;
    const Theme& theme = Theme::current();
    const Role dot = !scope_.isLive() ? Role::warning : moving ? Role::good : Role::textFaint;
    chip_->setIcon(icon(QStringLiteral("dot"), theme.color(dot)));
    setKind(*chip_, scope_.isLive() ? "live" : "past");
    const Instant at = scope_.isLive() ? scope_.state().now() : scope_.playhead();
    QString clock;
    if (!scope_.state().messages().empty())
        clock = QLatin1Char(' ') + (narrow_ ? models::clockTextSeconds(at) : models::clockText(at));
    const QString word = !scope_.isLive() ? tr("Past") : moving ? tr("Live") : status.paused ? tr("Paused") : tr("End");
    chip_->setText(word + clock);
}

/// Digits may differ in width: the chip must not tremble while the clock runs.
void TopBar::fitChip()
{
    QFont bold = Theme::current().textFont();
    bold.setWeight(QFont::DemiBold);
    const QFontMetrics metrics(bold);
    const int word = std::max(metrics.horizontalAdvance(tr("Live")), metrics.horizontalAdvance(tr("Paused")));
    const QString clock = narrow_ ? QStringLiteral(" 00:00:00") : QStringLiteral(" 00:00:00.000");
    chip_->setFixedWidth(word + metrics.horizontalAdvance(clock) + 50);
}

/// In a narrow window the words that one types into the filter are worth more than the clock's milliseconds.
void TopBar::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    const bool narrow = width() < 1200;
    if (narrow == std::exchange(narrow_, narrow)) return;
    fitChip();
    refreshChip();
}

void TopBar::restyle()
{
    const Theme& theme = Theme::current();
    search_->setIcon(icon(QStringLiteral("search"), theme.color(Role::textMuted)));
    step_->setIcon(icon(QStringLiteral("step"), theme.color(Role::text)));
    theme_->setIcon(icon(theme.isDark() ? QStringLiteral("sun") : QStringLiteral("moon"), theme.color(Role::textMuted)));
    inspector_->setIcon(icon(QStringLiteral("panel"), theme.color(Role::textMuted)));
    fitChip();
    refresh();
}

} // namespace dorascope::ui
