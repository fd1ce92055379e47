"""Chat templates: ordinary ones are clean, whatever leads out of the sandbox is found however it is spelled."""

from __future__ import annotations

import json

import pytest

ORDINARY = {
    "roles": "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] | trim }}{{ eos_token }}{% endfor %}",
    "system first": "{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] %}{% set rest = messages[1:] %}{% else %}{% set rest = messages %}{% endif %}{{ bos_token }}{{ rest | length }}",
    "alternation": "{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate') }}{% endif %}{{ '[INST] ' + message['content'] + ' [/INST]' }}{% endfor %}",
    "tools": "{%- if tools %}{{- '<tools>' }}{%- for tool in tools %}{{- tool | tojson(indent=2) }}{%- endfor %}{%- endif %}",
    "namespace": "{%- set ns = namespace(found=false, last=-1) -%}{%- for m in messages[::-1] -%}{%- set i = (messages | length - 1) - loop.index0 -%}{%- if m.role == 'user' and not ns.found -%}{%- set ns.found = true -%}{%- set ns.last = i -%}{%- endif -%}{%- endfor -%}",
    "thinking": "{%- set content = message.content.split('</think>')[-1].lstrip('\\n') %}{{- '<think>\\n' + reasoning.strip('\\n') + '\\n</think>\\n\\n' + content }}",
    "macro": "{%- macro render(value, depth=0) -%}{%- if value is mapping -%}{%- for key, item in value.items() -%}{{ key }}: {{ render(item, depth + 1) }}{%- endfor -%}{%- else -%}{{ value | string }}{%- endif -%}{%- endmacro -%}{{ render(tools) }}",
    "date": "{%- if not date_string is defined %}{%- set date_string = strftime_now('%d %b %Y') %}{%- endif %}{{ 'Today Date: ' + date_string + '\\n' }}",
    "filters": "{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | list | join('\\n') | default('', true) }}",
    "content parts": "{% for part in message['content'] %}{% if part['type'] == 'image' %}{{ '<image>' }}{% elif part['type'] == 'text' %}{{ part['text'] }}{% endif %}{% endfor %}",
    "generation": "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}",
    "dict": "{% set roles = {'user': 'Human', 'assistant': 'Bot'} %}{% for m in messages %}{{ roles[m.role] ~ ': ' ~ m.content }}{% endfor %}",
    "raw and comments": "{# __class__ in a comment #}{% raw %}{{ __class__ }}{% endraw %}{{ messages }}",
    "padding": "{{ '-' * 40 }}{% for i in range(3) %}{{ i }}{% endfor %}",
}  # fmt: skip
HOSTILE = {
    "classic": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "cycler": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "lipsum": "{{ lipsum.__globals__['os'].system('id') }}",
    "subscript": "{{ messages['__class__'] }}",
    "joined": "{{ messages['__cla' ~ 'ss__'] }}",
    "added": "{% set a = '__glo' + 'bals__' %}{{ raise_exception[a] }}",
    "escapes": "{{ messages['\\x5f\\x5fclass\\x5f\\x5f'] }}",
    "reversed": "{{ messages['__ssalc__'[::-1]] }}",
    "filter reversed": "{{ messages | attr('__ssalc__' | reverse) }}",
    "join": "{{ messages | attr(['__', 'class', '__'] | join) }}",
    "replace": "{{ messages | attr('@@class@@'.replace('@', '_')) }}",
    "format": "{{ '{0.__class__}'.format(messages) }}",
    "filter block": "{% filter attr('__class__') %}x{% endfilter %}",
    "format filter": "{{ messages | attr('%s%s' | format('__cl', 'ass__')) }}",
    "percent": "{{ messages | attr('%sclass%s' % ('__', '__')) }}",
    "map": "{{ [messages] | map(attribute='__class__') | list }}",
    "namespace": "{% set ns = namespace() %}{% set ns.x = '__init__' %}{{ joiner | attr(ns.x) }}",
    "computed attr": "{{ messages | attr(user_key) }}",
    "frames": "{{ (messages | map('upper')).gi_frame.f_builtins }}",
    "popen": "{{ thing.popen('id') }}",
    "include": "{% include '/etc/passwd' %}",
    "loop": "{% for i in range(10**9) %}{{ i }}{% endfor %}",
    "nested loops": "{% for i in range(9999) %}{% for j in range(9999) %}x{% endfor %}{% endfor %}",
    "repeat": "{{ 'a' * 1000000000 }}",
    "self": "{{ self._TemplateReference__context }}",
}  # fmt: skip


@pytest.mark.parametrize("which", ORDINARY)
def test_ordinary_templates_are_clean(look, which):
    found = look(ORDINARY[which], "chat_template.jinja")
    assert (found.level, found.gaps) == ("clean", ()), [item.message for item in found.findings]
    config = json.dumps({"chat_template": ORDINARY[which], "eos_token": "</s>"})
    assert look(config, "tokenizer_config.json").level == "clean"


@pytest.mark.parametrize("which", HOSTILE)
def test_hostile_templates_are_found_wherever_they_stand(look, which):
    template = HOSTILE[which]
    assert look(template, "chat_template.jinja").level in {"dangerous", "caution"}
    for config in (
        {"chat_template": template},
        {
            "chat_template": [
                {"name": "default", "template": "{{ messages }}"},
                {"name": "rag", "template": template},
            ]
        },
    ):
        assert look(json.dumps(config), "tokenizer_config.json").level in {"dangerous", "caution"}


def test_what_is_no_template_is_not_clean(look):
    assert look("{{ messages['a' }", "chat_template.jinja").level == "unknown"
    assert look("{{ " + "(" * 5000 + " }}", "chat_template.jinja").level == "unknown"


def test_the_place_is_the_line(look):
    found = look("{{ a }}\n\n{{ b.__class__ }}\n", "chat_template.jinja")
    assert found.findings[0].because[0].location.line == 3
