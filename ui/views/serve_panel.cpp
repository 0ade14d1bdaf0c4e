// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/serve_panel.h"

#include "ui/theme/theme.h"
#include "ui/views/button_text.h"
#include "ui/views/notice_bar.h"
#include "ui/views/texts.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QStyle>
#include <QVBoxLayout>

namespace dorascope::ui {

ServePanel::ServePanel(SourceControl& control, QWidget* parent)
    : Card(parent), control_(control), interface_(new QComboBox), state_(new QLabel), general_(new QLabel),
      notice_(new NoticeBar), probe_(new QCheckBox(tr("&Ask first whether an address is in use"))),
      polite_(new QCheckBox(tr("Be &polite: answer only whom no other server answers"))),
      start_(new QPushButton(tr("Start serving"))), fileButton_(new QPushButton), cancel_(new QPushButton(tr("Back"))),
      fileNote_(new QLabel)
{
    setAccessibleName(tr("Serve on an interface"));
    build();
    connect(interface_, &QComboBox::currentIndexChanged, this, &ServePanel::suggest);
    connect(start_, &QPushButton::clicked, this, &ServePanel::start);
    connect(cancel_, &QPushButton::clicked, this, &ServePanel::closed);
    connect(fileButton_, &QPushButton::clicked, this, &ServePanel::chooseFile);
    connect(&Theme::current(), &Theme::changed, this, &ServePanel::restyle);
    restyle();
}

void ServePanel::build()
{
    body()->setContentsMargins(24, 18, 24, 18);
    body()->setSpacing(14);
    auto* const heading = new Heading(tr("Serve on an interface"));
    heading->setNote(tr("a DHCP server for a real LAN; leases are kept on disk"));
    body()->addWidget(heading);
    body()->addWidget(notice_);
    auto* const form = new QFormLayout;
    form->setHorizontalSpacing(24);
    form->setVerticalSpacing(4);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    interface_->setAccessibleName(tr("Interface"));
    form->addRow(tr("&Interface"), interface_);
    state_->setWordWrap(true);
    form->addRow(QString(), state_);
    addField(*form, first, tr("Pool, &first address"), {});
    addField(*form, last, tr("Pool, &last address"), {});
    addField(*form, router, tr("&Router"), tr("none: clients reach this subnet only"));
    addField(*form, dns, tr("&DNS servers"), tr("separated by commas; may be empty"));
    addField(*form, lease, tr("Lease &time"), tr("30 min, 1 h, 2 d or seconds"));
    buildBehaviour(*form);
    general_->setWordWrap(true);
    form->addRow(QString(), general_);
    auto* const width = new QWidget;
    width->setMaximumWidth(640);
    width->setLayout(form);
    auto* const area = new QScrollArea; // of a low window
    area->setWidgetResizable(true);
    area->setWidget(width);
    width->setAutoFillBackground(false);
    form->setContentsMargins(0, 0, 8, 0);
    body()->addWidget(area, 1);
    buildButtons();
}

/// How it answers, and when it ends.
void ServePanel::buildBehaviour(QFormLayout& form)
{
    probe_->setChecked(true);
    probe_->setToolTip(
        tr("Before an address is offered for the first time: by ARP on the link, by echo request through a relay"));
    polite_->setToolTip(tr("For a LAN that may have a DHCP server already"));
    form.addRow(QString(), probe_);
    form.addRow(QString(), polite_);
    form.addItem(new QSpacerItem(0, 8, QSizePolicy::Minimum, QSizePolicy::Fixed));
    addField(form, stop, tr("&Stop after"), tr("never; or a time, such as 2 h"));
    connect(probe_, &QCheckBox::toggled, this, &ServePanel::check);
    connect(polite_, &QCheckBox::toggled, this, &ServePanel::check);
}

void ServePanel::buildButtons()
{
    fileNote_->setTextFormat(Qt::PlainText);
    fileNote_->setWordWrap(true);
    body()->addWidget(fileNote_);
    auto* const row = new QHBoxLayout;
    start_->setProperty("kind", "primary");
    start_->setToolTip(tr("Start the server (Ctrl+Return)"));
    cancel_->setToolTip(tr("Back to the page before (Esc)"));
    fileButton_->setShortcut(Qt::CTRL | Qt::SHIFT | Qt::Key_O);
    row->addWidget(start_);
    row->addWidget(cancel_);
    row->addStretch(1);
    row->addWidget(fileButton_);
    body()->addLayout(row);
    useFile({});
}

void ServePanel::chooseFile()
{
    if (!file_.isEmpty()) return useFile({});
    const QString path =
        QFileDialog::getOpenFileName(this, tr("Open a configuration"), QString(), tr("Configurations (*.toml);;All files (*)"));
    if (!path.isEmpty()) useFile(path);
}

void ServePanel::useFile(const QString& path)
{
    if (!path.isEmpty()) {
        auto reading = control_.readConfig(path);
        if (!reading.config) return notice_->show(reading.problem.value_or(Problem{}));
        fileConfig_ = std::move(reading.config);
    } else {
        fileConfig_.reset();
    }
    file_ = path;
    remark();
    const bool form = path.isEmpty();
    for (int i = 0; i < fieldCount; ++i)
        if (i != stop && edits_[i] != nullptr) edits_[i]->setEnabled(form);
    probe_->setEnabled(form);
    polite_->setEnabled(form);
    setTextOf(*fileButton_, form ? tr("From a file\u2026") : tr("From the form"));
    fileButton_->setToolTip(form ? tr("Serve what a TOML file says (Ctrl+Shift+O)")
                                 : tr("Forget the file, and serve what stands above"));
    QStringList subnets;
    if (fileConfig_)
        for (const auto& subnet : fileConfig_->subnets)
            subnets << QString::fromStdString(subnet.prefix.to_string());
    fileNote_->setText(form ? QString()
                            : tr("%1 is served: %2").arg(QFileInfo(path).fileName(), subnets.join(QStringLiteral(", "))));
    fileNote_->setVisible(!form);
    check();
}

void ServePanel::addField(QFormLayout& form, Field which, const QString& label, const QString& hint)
{
    auto* const edit = new QLineEdit;
    edit->setPlaceholderText(hint);
    edit->setAccessibleName(QString(label).remove(QLatin1Char('&')));
    auto* const problem = new QLabel;
    problem->setWordWrap(true);
    problem->setMinimumHeight(QFontMetrics(Theme::current().smallFont()).height());
    edits_[which] = edit;
    problems_[which] = problem;
    form.addRow(label, edit);
    form.addRow(QString(), problem);
    connect(edit, &QLineEdit::textChanged, this, &ServePanel::check);
}

void ServePanel::restyle()
{
    const Theme& theme = Theme::current();
    const auto paint = [&theme](QLabel& label, Role role) {
        label.setFont(theme.smallFont());
        QPalette palette = label.palette();
        palette.setColor(QPalette::WindowText, theme.color(role));
        label.setPalette(palette);
    };
    for (QLabel* const label : problems_)
        paint(*label, Role::danger);
    paint(*general_, Role::danger);
    paint(*state_, Role::textMuted);
}

void ServePanel::prepare()
{
    const QString before = interface_->currentData().toString();
    interfaces_.clear();
    for (const InterfaceChoice& choice : control_.interfaces())
        if (!choice.loopback) interfaces_.append(choice);
    {
        const QSignalBlocker quiet(interface_);
        interface_->clear();
        for (const InterfaceChoice& choice : interfaces_)
            interface_->addItem(choice.address
                                    ? tr("%1 \u00b7 %2/%3").arg(choice.name, text(*choice.address)).arg(choice.prefix.length)
                                    : tr("%1 \u00b7 no address").arg(choice.name),
                                choice.name);
        int wanted = interface_->findData(before);
        for (qsizetype i = 0; wanted < 0 && i < interfaces_.size(); ++i) // the first that could be served on
            if (interfaces_[i].address && interfaces_[i].carrier) wanted = static_cast<int>(i);
        interface_->setCurrentIndex(std::max(wanted, interfaces_.isEmpty() ? -1 : 0));
    }
    suggest();
    restyle(); // within the scroll area the style sheet takes labels' fonts back when it polishes them
    interface_->setFocus();
}

const InterfaceChoice* ServePanel::chosen() const
{
    const int at = interface_->currentIndex();
    return at >= 0 && at < interfaces_.size() ? &interfaces_[at] : nullptr;
}

/// What keeps this machine from serving on the interface that is chosen; else what is doubtful in the file, which depends on that too.
void ServePanel::remark()
{
    notice_->hide();
    const InterfaceChoice* const choice = chosen();
    const auto problem = choice != nullptr ? control_.preflight(choice->name) : std::nullopt;
    if (problem) return notice_->show(*problem);
    if (!fileConfig_) return;
    const QStringList doubts = control_.doubts(*fileConfig_, choice != nullptr ? choice->name : QString());
    if (doubts.isEmpty()) return;
    notice_->warn(
        {tr("%1 can be served, but is hardly meant so:").arg(QFileInfo(file_).fileName()), doubts.join(QLatin1Char('\n')), {}});
}

void ServePanel::suggest()
{
    remark();
    const InterfaceChoice* const choice = chosen();
    if (choice == nullptr) {
        state_->setText(tr("This machine has no network interface to serve on. Plug one in, or make a virtual one: ip link add "
                           "lab0 type dummy."));
    } else {
        state_->setText(!choice->up            ? tr("down")
                            : !choice->carrier ? tr("up, but no carrier: no cable, or nothing at its other end")
                                               : tr("up, with carrier"));
        const ServeSuggestion values = suggestFor(*choice);
        const QSignalBlocker quiet(this);
        edits_[first]->setText(values.first);
        edits_[last]->setText(values.last);
        edits_[router]->setText(values.router);
        edits_[dns]->setText(values.dns);
        if (edits_[lease]->text().isEmpty()) edits_[lease]->setText(QStringLiteral("1 h"));
    }
    check();
}

void ServePanel::complain(Field which, const QString& problem)
{
    problems_[which]->setText(problem);
    QLineEdit& edit = *edits_[which];
    if (edit.property("invalid").toBool() != !problem.isEmpty()) {
        edit.setProperty("invalid", !problem.isEmpty());
        edit.style()->unpolish(&edit);
        edit.style()->polish(&edit);
    }
    edit.setAccessibleDescription(problem);
}

QString ServePanel::complaint(Field which) const { return problems_[which]->text(); }

std::optional<ServeReading> ServePanel::read()
{
    for (int i = 0; i < fieldCount; ++i)
        complain(static_cast<Field>(i), {});
    general_->clear();
    const InterfaceChoice* const choice = chosen();
    if (choice == nullptr) return std::nullopt;
    ServeReading reading;
    if (fileConfig_) {
        reading.config = *fileConfig_;
        readStop(form(), reading);
    } else {
        reading = readServeForm(form(), *choice);
    }
    for (int i = 0; i < fieldCount; ++i)
        complain(static_cast<Field>(i), reading.problems[static_cast<std::size_t>(i)]);
    general_->setText(reading.general);
    if (!reading.valid()) return std::nullopt;
    return reading;
}

ServeForm ServePanel::form() const
{
    return {edits_[first]->text(), edits_[last]->text(), edits_[router]->text(), edits_[dns]->text(),
            edits_[lease]->text(), edits_[stop]->text(), probe_->isChecked(),    polite_->isChecked()};
}

void ServePanel::check() { start_->setEnabled(read().has_value()); }

void ServePanel::start()
{
    const InterfaceChoice* const choice = chosen();
    auto reading = read();
    if (!reading || choice == nullptr) return;
    if (const auto problem = control_.preflight(choice->name)) return notice_->show(*problem);
    control_.serve({choice->name, std::move(reading->config), file_, reading->stopAfter});
    Q_EMIT started();
}

void ServePanel::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape) {
        Q_EMIT closed();
        return;
    }
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && event->modifiers().testFlag(Qt::ControlModifier)) return start();
    Card::keyPressEvent(event);
}

} // namespace dorascope::ui
