// SPDX-License-Identifier: MIT
// Scripts: lines, error messages, and what each verb refuses before anything runs.
#include "compositor/script/script.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/script/action.h"
#include "compositor/script/verbs.h"
#include "tests/harness/test.h"

TEST(lines_and_places)
{
	struct script script = {0};
	struct strbuf errors = {0};
	check(script_parse(&script, "a.script",
		"# a comment\n\nwait window app_id=foot\n  settle # quiet\nshot out.png", &errors));
	check_eq(script.count, 3);
	check_eq(errors.length, 0);
	check_str(script.lines[0].where, "a.script:3");
	check_str(script.lines[0].action->line, "wait window app_id=foot");
	check_str(script.lines[1].where, "a.script:4");
	check_str(script.lines[1].action->args.word[0], "settle");
	check_str(script.lines[2].action->args.word[1], "out.png");
	script_finish(&script);
}

static const struct bad_row {
	const char *text, *error;
} bad[] = {
	{"settle\ntext \"abc\n", "x:2: a quote is not closed\n"},
	{"\n\nsettel\n", "x:3: there is no verb 'settel'; did you mean 'settle'?\n"},
	{"zzz", "x:1: there is no verb 'zzz'; see oriel-script(5)\n"},
	{"settle timeout=x", "x:1: settle: timeout= takes a time such as 5s or 500ms\n"},
	{"tap 5,x",
		"x:1: tap: '5,x' is not a point; write X,Y in pixels or percent, e.g. 40,30 "
		"or 50%,50%\n"},
	{"focus\nsettle now\nquit\nkey Retrun\nzzz\n\"\n",
		"x:2: settle: 'now' is one word too many; usage: settle [refreshes=N]\n"
		"x:4: key: there is no key 'Retrun'; use an xkb name (Return, F5, a), KEY_ENTER or "
		"code:28\n"
		"x:5: there is no verb 'zzz'; see oriel-script(5)\n"
		"x:6: a quote is not closed\n"},
};

TEST_P(errors_name_every_wrong_line, struct bad_row, bad)
{
	struct script script = {0};
	struct strbuf errors = {0};
	check(!script_parse(&script, "x", param->text, &errors));
	check_str(strbuf_get(&errors), param->error);
	strbuf_finish(&errors);
	script_finish(&script);
}

TEST(missing_file)
{
	struct script script = {0};
	struct strbuf errors = {0};
	check(!script_load(&script, "/nonexistent/script", &errors));
	check(strstr(strbuf_get(&errors), "/nonexistent/script: ") == errors.text);
	strbuf_finish(&errors);
	script_finish(&script);
}

TEST(verbs_are_sorted_and_described)
{
	for (size_t i = 0; verbs[i]; i++) {
		check(verbs[i]->name && verbs[i]->usage && verbs[i]->help);
		check(verbs[i]->parse != NULL);
		check(verbs[i]->start != NULL);
		check(i == 0 || strcmp(verbs[i - 1]->name, verbs[i]->name) < 0);
		check_eq(verb_find(verbs[i]->name) == verbs[i], true);
	}
	check(verb_find("") == NULL);
}

// The mistakes of a line; NULL: there is none.
static char *mistakes_of(const char *line)
{
	struct script script = {0};
	struct strbuf errors = {0};
	bool good = script_parse(&script, "x", line, &errors);
	check_eq(good, errors.length == 0);
	script_finish(&script);
	char *text = good ? NULL : xstrdup(strbuf_get(&errors));
	strbuf_finish(&errors);
	return text;
}

static bool is_good(const char *line)
{
	char *mistakes = mistakes_of(line);
	bool good = !mistakes;
	free(mistakes);
	return good;
}

// Each form of each verb, without mistakes. A word more, an unknown option and a wrong time must be
// mistakes of each, unless the rest of the line is a text or a command.
static const struct form_row {
	const char *line;
	bool any_words;
} forms[] = {
	{"ack read app_id=a", false},
	{"ack ping", false},
	{"ack none", false},
	{"chord ctrl+shift+t Ctrl+C ctrl++", false},
	{"click right double with=ctrl+shift 5,5 in app_id=a title~=b", false},
	{"click count=3 -10,50% in popup app_id=a", false},
	{"click 5,5 in layer=panel", false},
	{"click 5,5", false},
	{"clip set primary mime=text/plain some text", true},
	{"clip set file=a", false},
	{"clip get primary mime=a/b", false},
	{"clip types primary", false},
	{"clip clear", false},
	{"clock", false},
	{"clock run", false},
	{"clock stop", false},
	{"close app_id=a wait=no", false},
	{"close", false},
	{"disconnect id=3", false},
	{"drag left 1,1 2,2 3,3 in output=A steps=3 with=alt", false},
	{"drop mime=a/b some text at 5,5 in focused", false},
	{"drop file=a at 5,5", false},
	{"echo anything", true},
	{"exec timeout=3s true", true},
	{"expect a.png fuzz=1 max-pixels=2 mask=0,0,1,1 mask=1,1,1,1 diff=d.png now region=0,0,1,1 "
	 "scale=2 cursor",
		false},
	{"expect a.png window=app_id=a popups", false},
	{"focus none", false},
	{"focus app_id=a", false},
	{"freeze pid=3", false},
	{"fullscreen app_id=a output=B", false},
	{"help", false},
	{"help click", false},
	{"key Return F5 a KEY_B code:30 eacute XF86AudioPlay ctrl_l count=2", false},
	{"key a down", false},
	{"kill app_id=a signal=SIGTERM", false},
	{"list windows app_id=a", false},
	{"list outputs", false},
	{"list clients", false},
	{"layout next", false},
	{"list layers", false},
	{"list keyboards", false},
	{"list", false},
	{"maximise", false},
	{"maximize any", false},
	{"lock", false},
	{"minimise", false},
	{"minimize any", false},
	{"move 5,5 in app_id=a", false},
	{"move by -1,2.5", false},
	{"output add NEW 10x10@2", false},
	{"output add 10x10", false},
	{"output remove A", false},
	{"output on A", false},
	{"output off A", false},
	{"output mode A 10x10@75", false},
	{"output scale A 1.5", false},
	{"output transform A flipped-90", false},
	{"output position A -5,5", false},
	{"place -5,5 app_id=a", false},
	{"press right", false},
	{"quit 3", false},
	{"quit", false},
	{"release right", false},
	{"resize 10x10 app_id=a", false},
	{"scroll 0,3 at 5,5 in app_id=a with=ctrl", false},
	{"scroll 0,3.5 pixels", false},
	{"settle refreshes=3", false},
	{"shot a.png settle output=A cursor", false},
	{"shot a.png window=app_id=a popups scale=2", false},
	{"spawn true", true},
	{"step", false},
	{"step 500ms", false},
	{"step 3 frames", false},
	{"tap 5,5 in popup", false},
	{"text anything", true},
	{"thaw", false},
	{"touch down 5,5 in app_id=a id=3", false},
	{"touch move 5,5", false},
	{"touch up id=3", false},
	{"touch cancel", false},
	{"unfullscreen", false},
	{"unmaximise", false},
	{"unmaximize any", false},
	{"unminimise", false},
	{"unminimize any", false},
	{"wait window app_id~=^a", false},
	{"wait gone app_id=a", false},
	{"wait focus app_id=a", false},
	{"wait title ~=^a in app_id=b", false},
	{"wait title =~=", false},
	{"wait pixel 5,5 #ff0000 fuzz=3 in app_id=a", false},
	{"wait commit app_id=a count=3", false},
	{"wait popup app_id=a", false},
	{"wait layer panel", false},
	{"wait shown", false},
	{"wait exit status=3", false},
	{"xwayland restart", false},
};

static const char *const extra_words[] = {"surplus", "colour=red", "timeout=soon"};

TEST_P(each_form_of_a_verb_is_checked, struct form_row, forms)
{
	struct words words;
	const char *why;
	check(is_good(param->line) && words_parse(&words, param->line, &why));
	const struct verb *verb = verb_find(words.word[0]);
	words_finish(&words);
	for (size_t i = 0; i < array_length(extra_words); i++) {
		char *line = xasprintf("%s %s", param->line, extra_words[i]);
		bool is_option = strncmp(extra_words[i], "timeout=", 8) == 0 && !verb->raw &&
			!verb->is_command;
		check_eq(is_good(line), param->any_words && !is_option);
		free(line);
	}
}

TEST(each_verb_has_a_form_above)
{
	for (size_t i = 0; verbs[i]; i++) {
		size_t length = strlen(verbs[i]->name), k = 0;
		while (k < array_length(forms) &&
			(strncmp(forms[k].line, verbs[i]->name, length) != 0 ||
				(forms[k].line[length] && forms[k].line[length] != ' ')))
			k++;
		if (k == array_length(forms))
			test_fail(__FILE__, __LINE__, "%s", verbs[i]->name);
	}
}

static const char *const wrong[] = {"ack", "ack maybe", "chord", "chord ctrl+Foo",
	"chord a+b+c+d+e+f+g+h+i+j+k+l+m", "click nowhere", "click 5,5 in", "click 5,5 in foot",
	"click count=0", "click with=Foo", "click with=a+b+c+d+e", "click 1,1 2,2", "clip",
	"clip put a", "clip set", "clip set file=a b", "clip get text", "clock start",
	"close wait=maybe", "close foot", "drag 1,1", "drag 1,1 2,x", "drag steps=0 1,1 2,2",
	"drop a", "drop at 5,5", "drop a at x", "drop a file=b at 5,5", "exec",
	"exec timeout=x true", "expect", "expect a.png fuzz=256", "expect a.png mask=1,2,3",
	"focus nobody", "fullscreen output", "help clikc", "key", "key Nonsense", "key KEY_NONE",
	"key code:0", "key a count=0", "kill signal=NONE", "list things", "move", "move by 5",
	"move by 5,5 in any", "move 5", "output", "output add", "output add 0x0",
	"output add A 1x1@0", "output add A 1x1@100", "output change A", "output mode A",
	"output mode A 0x0", "output scale A 100", "output transform A 45", "output position A 5",
	"place 5 any", "press fire", "quit 256", "quit now", "release 5,5", "resize 0x0", "scroll",
	"scroll 3", "scroll 0,3 at", "settle refreshes=0", "shot", "shot a.png window=colour=a",
	"shot a.png output=A region=0,0,1,1", "shot a.png scale=0", "shot a.png popups", "spawn",
	"step soon", "step 3 weeks", "tap", "tap 5", "text", "text '\377'", "touch", "touch lift",
	"touch down", "touch up 5,5", "touch up in any", "touch down 5,5 id=-1", "wait",
	"wait rain", "wait window app_id", "wait title", "wait title ~=(", "wait title a b",
	"wait pixel 5,5", "wait pixel 5,5 red", "wait pixel 5 #ff0000", "wait commit count=0",
	"wait exit status=x"};

TEST_P(mistakes_are_found_before_the_start, char *const, wrong)
{
	char *mistakes = mistakes_of(*param);
	check(mistakes != NULL);
	check(mistakes && strncmp(mistakes, "x:1: ", 5) == 0);
	free(mistakes);
}
