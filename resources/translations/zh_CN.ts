<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>desktop</name>
    <message>
        <source>1 core</source>
        <translation>1 个核心</translation>
    </message>
    <message>
        <source>16-bit, the original</source>
        <translation>16 位，原版</translation>
    </message>
    <message>
        <source>2-bit, smallest, clearly weaker</source>
        <translation>2 位，最小，效果明显下降</translation>
    </message>
    <message>
        <source>3-bit, small, weaker</source>
        <translation>3 位，较小，效果稍差</translation>
    </message>
    <message>
        <source>32-bit, the original</source>
        <translation>32 位，原版</translation>
    </message>
    <message>
        <source>4-bit, good balance</source>
        <translation>4 位，均衡之选</translation>
    </message>
    <message>
        <source>5-bit, better, larger</source>
        <translation>5 位，更好，也更大</translation>
    </message>
    <message>
        <source>6-bit, very close to the original</source>
        <translation>6 位，非常接近原版</translation>
    </message>
    <message>
        <source>8-bit, nearly the original</source>
        <translation>8 位，几乎等同原版</translation>
    </message>
    <message>
        <source>A trimmed GLM-4.7-Flash: strong and quick, for 24 GB of memory</source>
        <translation>精简版 GLM-4.7-Flash：能力强、速度快，适合 24 GB 内存</translation>
    </message>
    <message>
        <source>About and privacy</source>
        <translation>关于与隐私</translation>
    </message>
    <message>
        <source>Address of the hub or of a mirror such as https://hf-mirror.com. Empty means huggingface.co.</source>
        <translation>模型站或镜像的地址，例如 https://hf-mirror.com 。留空则使用 huggingface.co。</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Another program holds the file with your conversations. Close it, then try again.</source>
        <translation>另一个程序正占用保存对话的文件。请关闭它，然后重试。</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation>重新回答</translation>
    </message>
    <message>
        <source>Answer: {text}</source>
        <translation>回答：{text}</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>As many as possible</source>
        <translation>尽可能多</translation>
    </message>
    <message>
        <source>As small, with finer weights: a little slower, a little more precise</source>
        <translation>同样小巧，权重更精细：稍慢一点，也更准一点</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cancel loading</source>
        <translation>取消加载</translation>
    </message>
    <message>
        <source>Chat with a GLM model on this computer: offline, private, and free.</source>
        <translation>在这台电脑上与 GLM 模型对话：离线、私密、免费。</translation>
    </message>
    <message>
        <source>ChatGLM Desktop</source>
        <translation>ChatGLM Desktop</translation>
    </message>
    <message>
        <source>Check the file</source>
        <translation>校验文件</translation>
    </message>
    <message>
        <source>Checking what arrived</source>
        <translation>正在校验已下载的内容</translation>
    </message>
    <message>
        <source>Checking… {percent} %</source>
        <translation>正在校验… {percent} %</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Choose another…</source>
        <translation>选择其他…</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Compare Beijing and Shanghai in a table</source>
        <translation>用表格比较北京和上海</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Context of {n} tokens</source>
        <translation>上下文 {n} 个词元</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Conversation deleted</source>
        <translation>对话已删除</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy code</source>
        <translation>复制代码</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>复制链接</translation>
    </message>
    <message>
        <source>Copy message</source>
        <translation>复制消息</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>关闭提示</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Download {name}</source>
        <translation>下载 {name}</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>正在下载</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Engine settings</source>
        <translation>引擎设置</translation>
    </message>
    <message>
        <source>Everything stays on this computer.</source>
        <translation>一切都留在这台电脑上。</translation>
    </message>
    <message>
        <source>Explain to a ten-year-old how a rainbow forms</source>
        <translation>给十岁的孩子讲讲彩虹是怎么形成的</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Fits if you close other programs.</source>
        <translation>关闭其他程序后可以运行。</translation>
    </message>
    <message>
        <source>Fits into the free memory of this computer.</source>
        <translation>这台电脑的空闲内存足够运行。</translation>
    </message>
    <message>
        <source>Fits well</source>
        <translation>很合适</translation>
    </message>
    <message>
        <source>For downloads only, such as http://127.0.0.1:7890. Empty means the system's settings.</source>
        <translation>仅用于下载，例如 http://127.0.0.1:7890 。留空则使用系统设置。</translation>
    </message>
    <message>
        <source>For programming: explains, writes and repairs code</source>
        <translation>面向编程：讲解、编写和修复代码</translation>
    </message>
    <message>
        <source>For workstations with a great deal of memory</source>
        <translation>适合内存很大的工作站</translation>
    </message>
    <message>
        <source>GPU layers</source>
        <translation>显卡层数</translation>
    </message>
    <message>
        <source>Good answers in many languages, and long documents</source>
        <translation>多种语言都能答得好，也能处理长文档</translation>
    </message>
    <message>
        <source>Hide the list ({keys})</source>
        <translation>隐藏列表（{keys}）</translation>
    </message>
    <message>
        <source>How many layers of the model run on the graphics card; 0 means none. Applies when a model is loaded.</source>
        <translation>模型有多少层在显卡上运行，0 表示不使用显卡。下次加载模型时生效。</translation>
    </message>
    <message>
        <source>How many tokens of a conversation the model sees. More needs more memory. Applies when a model is loaded.</source>
        <translation>模型能看到对话中的多少个词元。越多越占内存。下次加载模型时生效。</translation>
    </message>
    <message>
        <source>Import a file I have…</source>
        <translation>导入已有的文件…</translation>
    </message>
    <message>
        <source>Import a file…</source>
        <translation>导入文件…</translation>
    </message>
    <message>
        <source>Import a model</source>
        <translation>导入模型</translation>
    </message>
    <message>
        <source>Import “{name}”</source>
        <translation>导入“{name}”</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Light or dark.</source>
        <translation>浅色或深色。</translation>
    </message>
    <message>
        <source>Light, and noticeably better than the smallest</source>
        <translation>轻巧，比最小的明显更好</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>加载</translation>
    </message>
    <message>
        <source>Loaded</source>
        <translation>已加载</translation>
    </message>
    <message>
        <source>Loaded on {device}</source>
        <translation>已加载到 {device}</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>Loading was cancelled.</source>
        <translation>已取消加载。</translation>
    </message>
    <message>
        <source>Loading {name}… {percent} %</source>
        <translation>正在加载 {name} … {percent} %</translation>
    </message>
    <message>
        <source>Loading… {percent} %</source>
        <translation>正在加载… {percent} %</translation>
    </message>
    <message>
        <source>Looking at this computer…</source>
        <translation>正在了解这台电脑…</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Mode: {mode}</source>
        <translation>模式：{mode}</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Models (*.gguf)</source>
        <translation>模型文件 (*.gguf)</translation>
    </message>
    <message>
        <source>More for {name}</source>
        <translation>{name} 的更多操作</translation>
    </message>
    <message>
        <source>Needs more disk space</source>
        <translation>磁盘空间不足</translation>
    </message>
    <message>
        <source>Needs more memory</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>Network settings</source>
        <translation>网络设置</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>没有模型</translation>
    </message>
    <message>
        <source>No model is ready. Download one, or import a file you have.</source>
        <translation>还没有可用的模型。请下载一个，或导入你已有的文件。</translation>
    </message>
    <message>
        <source>No model yet. Download one of those below, or drop a .gguf file on this window.</source>
        <translation>还没有模型。请从下面下载一个，或把 .gguf 文件拖到这个窗口。</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>没有找到</translation>
    </message>
    <message>
        <source>Of menus and messages. The model answers in the language you write.</source>
        <translation>菜单和提示的语言。模型会用你书写的语言回答。</translation>
    </message>
    <message>
        <source>Of questions and answers, in pixels.</source>
        <translation>问题和回答的字号，单位为像素。</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>在这台电脑上</translation>
    </message>
    <message>
        <source>One per core</source>
        <translation>每个核心一个</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Open link</source>
        <translation>打开链接</translation>
    </message>
    <message>
        <source>Open the data folder</source>
        <translation>打开数据文件夹</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Paused. The same command continues the download.</source>
        <translation>已暂停。再次运行同一命令即可继续下载。</translation>
    </message>
    <message>
        <source>Previous 7 days</source>
        <translation>过去 7 天</translation>
    </message>
    <message>
        <source>Processor threads of the engine. Applies when a model is loaded.</source>
        <translation>引擎使用的处理器线程数。下次加载模型时生效。</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Read it</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Read the licence of {name}</source>
        <translation>查看 {name} 的许可协议</translation>
    </message>
    <message>
        <source>Reading the question… {n} %</source>
        <translation>正在阅读问题… {n} %</translation>
    </message>
    <message>
        <source>Reading “{name}”… {percent} %</source>
        <translation>正在读取“{name}”… {percent} %</translation>
    </message>
    <message>
        <source>Recommended builds</source>
        <translation>推荐的版本</translation>
    </message>
    <message>
        <source>Recommended for this computer</source>
        <translation>推荐给这台电脑</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove “{name}”?</source>
        <translation>移除“{name}”？</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>移除…</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Same as the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search conversations</source>
        <translation>搜索对话</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Show all {n} characters</source>
        <translation>显示全部 {n} 个字符</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Show models</source>
        <translation>查看模型</translation>
    </message>
    <message>
        <source>Show the list ({keys})</source>
        <translation>显示列表（{keys}）</translation>
    </message>
    <message>
        <source>Small and quick, for simple questions on modest computers</source>
        <translation>小巧快速，适合配置一般的电脑和简单的问题</translation>
    </message>
    <message>
        <source>Something went wrong ({code}).</source>
        <translation>出了点问题（{code}）。</translation>
    </message>
    <message>
        <source>Something went wrong in the program itself. A report was written to {path}.</source>
        <translation>程序本身出了问题。报告已写入 {path} 。</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>重新启动</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Strong at everything, thinks first, and quick for its size</source>
        <translation>样样出色，先思考再回答，在同等规模中速度很快</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>The answer reached its longest length.</source>
        <translation>回答已达到最大长度。</translation>
    </message>
    <message>
        <source>The answer was interrupted. What was written so far is kept.</source>
        <translation>回答中断了。已写出的内容都保留着。</translation>
    </message>
    <message>
        <source>The beginning of the conversation no longer fits; {n} messages were left out.</source>
        <translation>对话开头已放不进上下文，略去了 {n} 条消息。</translation>
    </message>
    <message>
        <source>The best balance of quality and speed for most computers</source>
        <translation>对多数电脑来说，质量与速度最均衡</translation>
    </message>
    <message>
        <source>The classic ChatGLM for long documents</source>
        <translation>经典 ChatGLM，适合长文档</translation>
    </message>
    <message>
        <source>The classic ChatGLM, compressed further for computers with less memory</source>
        <translation>经典 ChatGLM，进一步压缩，适合内存较小的电脑</translation>
    </message>
    <message>
        <source>The classic ChatGLM: solid everyday answers in Chinese and English</source>
        <translation>经典 ChatGLM：中英文日常问答扎实可靠</translation>
    </message>
    <message>
        <source>The disk is full: {path} cannot grow. Make room, then try again.</source>
        <translation>磁盘已满：{path} 无法继续写入。请腾出空间，然后重试。</translation>
    </message>
    <message>
        <source>The disk is full: {path} needs {needed}. Make room, then try again.</source>
        <translation>磁盘空间不足：{path} 需要 {needed}。请腾出空间，然后重试。</translation>
    </message>
    <message>
        <source>The engine answers, but not what it should.</source>
        <translation>引擎有回答，但答得不对。</translation>
    </message>
    <message>
        <source>The engine cannot start: {reason}.</source>
        <translation>引擎无法启动：{reason}。</translation>
    </message>
    <message>
        <source>The engine crashed on the graphics card, so it now runs on the processor only.</source>
        <translation>引擎在显卡上崩溃了，现在改为只用处理器运行。</translation>
    </message>
    <message>
        <source>The engine crashed with its fastest settings on this computer, so it now runs in safe mode.</source>
        <translation>引擎以最快的设置在这台电脑上崩溃了，现在改用安全模式运行。</translation>
    </message>
    <message>
        <source>The engine did not answer and was restarted. What was written so far is kept.</source>
        <translation>引擎没有响应，已重新启动。已写出的内容都保留着。</translation>
    </message>
    <message>
        <source>The engine stopped unexpectedly ({signal}). What was written so far is kept.</source>
        <translation>引擎意外停止（{signal}）。已写出的内容都保留着。</translation>
    </message>
    <message>
        <source>The engine works.</source>
        <translation>引擎工作正常。</translation>
    </message>
    <message>
        <source>The file can stay where it is, or be copied into the program's own folder ({size}). A file that stays must not be moved or deleted.</source>
        <translation>文件可以留在原处，也可以复制到程序自己的文件夹（{size}）。留在原处的文件不能移动或删除。</translation>
    </message>
    <message>
        <source>The file changed on the hub, so the download began again.</source>
        <translation>模型站上的文件有变动，已重新开始下载。</translation>
    </message>
    <message>
        <source>The file is damaged</source>
        <translation>文件已损坏</translation>
    </message>
    <message>
        <source>The file is deleted from the disk. Your conversations stay.</source>
        <translation>文件会从磁盘上删除。你的对话会保留。</translation>
    </message>
    <message>
        <source>The file is no longer where it was</source>
        <translation>文件已不在原来的位置</translation>
    </message>
    <message>
        <source>The file stays where it is: {path}</source>
        <translation>文件保留在原处：{path}</translation>
    </message>
    <message>
        <source>The file with your conversations is damaged. It was kept as {moved_to}, and a new one was begun.</source>
        <translation>保存对话的文件已损坏。原文件保留为 {moved_to} ，并新建了一个。</translation>
    </message>
    <message>
        <source>The hub has a newer upload of this file than the list this program came with.</source>
        <translation>模型站上的这个文件比本程序自带列表中的更新。</translation>
    </message>
    <message>
        <source>The most thorough answers of its generation; slow without a graphics card</source>
        <translation>同代中回答最周全；没有显卡时较慢</translation>
    </message>
    <message>
        <source>The part that was already here turned out to be damaged, so the download began again.</source>
        <translation>之前下载的部分已损坏，已重新开始下载。</translation>
    </message>
    <message>
        <source>The program cannot start</source>
        <translation>程序无法启动</translation>
    </message>
    <message>
        <source>The program uses the network for one thing only: model downloads that you start, from the source you chose. Your questions and the answers never leave this computer.</source>
        <translation>本程序只在一件事上使用网络：由你发起、从你选定的来源下载模型。你的问题和回答绝不会离开这台电脑。</translation>
    </message>
    <message>
        <source>The question is empty.</source>
        <translation>问题是空的。</translation>
    </message>
    <message>
        <source>The question is too long: {tokens} tokens, and the context holds {context}. Shorten it, or raise the context in Settings.</source>
        <translation>问题太长：共 {tokens} 个词元，而上下文只能容纳 {context} 个。请缩短问题，或在设置中增大上下文。</translation>
    </message>
    <message>
        <source>The same with finer weights: more precise, needs more memory</source>
        <translation>同一模型，权重更精细：更准确，也更占内存</translation>
    </message>
    <message>
        <source>The settings file was damaged. It was kept as {moved_to}, and the defaults are back.</source>
        <translation>设置文件已损坏。原文件保留为 {moved_to} ，设置已恢复默认。</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>There is no conversation {id}.</source>
        <translation>没有编号为 {id} 的对话。</translation>
    </message>
    <message>
        <source>There is no download {id}.</source>
        <translation>没有编号为 {id} 的下载。</translation>
    </message>
    <message>
        <source>There is no model “{id}” on this computer.</source>
        <translation>这台电脑上没有模型“{id}”。</translation>
    </message>
    <message>
        <source>There is no setting “{name}”.</source>
        <translation>没有名为“{name}”的设置。</translation>
    </message>
    <message>
        <source>There is not enough room on the disk for it.</source>
        <translation>磁盘上放不下它。</translation>
    </message>
    <message>
        <source>Thinking…</source>
        <translation>正在思考…</translation>
    </message>
    <message>
        <source>Thinks before it answers: mathematics, logic, puzzles</source>
        <translation>先思考再回答：数学、逻辑、谜题</translation>
    </message>
    <message>
        <source>This address is not complete: it begins with http:// or https://.</source>
        <translation>地址不完整：应以 http:// 或 https:// 开头。</translation>
    </message>
    <message>
        <source>This computer does not have enough memory for it.</source>
        <translation>这台电脑的内存不够运行它。</translation>
    </message>
    <message>
        <source>This computer: {machine}</source>
        <translation>这台电脑：{machine}</translation>
    </message>
    <message>
        <source>This is a bug in ChatGLM Desktop. A report was written to {path}.</source>
        <translation>这是 ChatGLM Desktop 的程序错误。报告已写入 {path} 。</translation>
    </message>
    <message>
        <source>Thought for {n} s</source>
        <translation>思考了 {n} 秒</translation>
    </message>
    <message>
        <source>Thoughts</source>
        <translation>思考过程</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>Tight</source>
        <translation>勉强</translation>
    </message>
    <message>
        <source>Title of the conversation</source>
        <translation>对话标题</translation>
    </message>
    <message>
        <source>To the end</source>
        <translation>到末尾</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Unload</source>
        <translation>卸载</translation>
    </message>
    <message>
        <source>Use it where it is</source>
        <translation>在原处使用</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Waiting for the answer</source>
        <translation>正在等待回答</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>欢迎</translation>
    </message>
    <message>
        <source>What arrived is not “{file}”: its checksum is wrong, so it was thrown away. Try again, or choose another source in Settings.</source>
        <translation>收到的内容不是“{file}”：校验和不符，已丢弃。请重试，或在设置中换一个来源。</translation>
    </message>
    <message>
        <source>What arrived of “{file}” has the wrong size, so it was thrown away. Try again.</source>
        <translation>收到的“{file}”大小不符，已丢弃。请重试。</translation>
    </message>
    <message>
        <source>What would you like to talk about?</source>
        <translation>想聊点什么？</translation>
    </message>
    <message>
        <source>Write a Python function that finds duplicate files</source>
        <translation>写一个查找重复文件的 Python 函数</translation>
    </message>
    <message>
        <source>Write a message</source>
        <translation>输入消息</translation>
    </message>
    <message>
        <source>Write a short, polite e-mail asking for a day off</source>
        <translation>写一封简短有礼的请假邮件</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>You</source>
        <translation>你</translation>
    </message>
    <message>
        <source>Your conversations and models lie in this folder</source>
        <translation>你的对话和模型都在这个文件夹里</translation>
    </message>
    <message>
        <source>Your conversations appear here.</source>
        <translation>你的对话会显示在这里。</translation>
    </message>
    <message>
        <source>Your conversations were saved by a newer version of this program. Install that version; nothing was changed.</source>
        <translation>你的对话由更新版本的程序保存。请安装该版本；这里没有做任何改动。</translation>
    </message>
    <message>
        <source>a helper of another model</source>
        <translation>另一个模型的辅助文件</translation>
    </message>
    <message>
        <source>a model for searching</source>
        <translation>用于检索的模型</translation>
    </message>
    <message>
        <source>a model for speech</source>
        <translation>语音模型</translation>
    </message>
    <message>
        <source>a vocabulary alone</source>
        <translation>只含词表</translation>
    </message>
    <message>
        <source>an adapter for another model</source>
        <translation>另一个模型的适配器</translation>
    </message>
    <message>
        <source>fits well</source>
        <translation>很合适</translation>
    </message>
    <message>
        <source>from {host}</source>
        <translation>来自 {host}</translation>
    </message>
    <message>
        <source>loading {n} %</source>
        <translation>加载中 {n} %</translation>
    </message>
    <message>
        <source>needs {memory} of memory</source>
        <translation>需要 {memory} 内存</translation>
    </message>
    <message>
        <source>not enough room on the disk</source>
        <translation>磁盘空间不足</translation>
    </message>
    <message>
        <source>not loaded</source>
        <translation>未加载</translation>
    </message>
    <message>
        <source>part {n} of {count}</source>
        <translation>共 {count} 个分卷中的第 {n} 个</translation>
    </message>
    <message>
        <source>reading</source>
        <translation>阅读中</translation>
    </message>
    <message>
        <source>reading {n} %</source>
        <translation>阅读中 {n} %</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>statistics for quantizing</source>
        <translation>量化用的统计数据</translation>
    </message>
    <message>
        <source>stays where you keep it</source>
        <translation>保留在原位置</translation>
    </message>
    <message>
        <source>stopped unexpectedly</source>
        <translation>意外停止</translation>
    </message>
    <message>
        <source>the part that sees pictures</source>
        <translation>看图用的部件</translation>
    </message>
    <message>
        <source>tight</source>
        <translation>勉强</translation>
    </message>
    <message>
        <source>too large for the memory</source>
        <translation>内存放不下</translation>
    </message>
    <message>
        <source>writing</source>
        <translation>书写中</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} / {total}</translation>
    </message>
    <message>
        <source>{endpoint} cannot be reached. Check the network, or choose another source in Settings.</source>
        <translation>无法连接 {endpoint} 。请检查网络，或在设置中换一个来源。</translation>
    </message>
    <message>
        <source>{endpoint} did not answer like a model hub. A login page or a filter may be in the way.</source>
        <translation>{endpoint} 的回应不像模型站。中间可能有登录页面或过滤设备。</translation>
    </message>
    <message>
        <source>{endpoint} does not have “{file}” of {repository}.</source>
        <translation>{endpoint} 上没有 {repository} 的“{file}”。</translation>
    </message>
    <message>
        <source>{endpoint} is busy ({status}). Try again in a while.</source>
        <translation>{endpoint} 正忙（{status}）。请稍后再试。</translation>
    </message>
    <message>
        <source>{endpoint} refuses access to {repository} ({status}). It may not exist, or it may need an account that accepted its licence.</source>
        <translation>{endpoint} 拒绝访问 {repository}（{status}）。它可能不存在，或需要已接受其许可协议的账号。</translation>
    </message>
    <message>
        <source>{h} h {m} min</source>
        <translation>{h} 小时 {m} 分钟</translation>
    </message>
    <message>
        <source>{licence} licence: free for research; commercial use asks for a registration.</source>
        <translation>{licence} 许可：可免费用于研究；商用需要登记。</translation>
    </message>
    <message>
        <source>{licence} licence: free to use, commercially too.</source>
        <translation>{licence} 许可：可免费使用，包括商用。</translation>
    </message>
    <message>
        <source>{name} is complete and unchanged.</source>
        <translation>{name} 完整无误，未被改动。</translation>
    </message>
    <message>
        <source>{name} is ready.</source>
        <translation>{name} 已就绪。</translation>
    </message>
    <message>
        <source>{n} cores</source>
        <translation>{n} 个核心</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n} 分钟</translation>
    </message>
    <message>
        <source>{n} of {all} layers on the graphics card</source>
        <translation>{all} 层中有 {n} 层在显卡上</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} 秒</translation>
    </message>
    <message>
        <source>{n} tokens of context</source>
        <translation>上下文 {n} 个词元</translation>
    </message>
    <message>
        <source>{n} tokens/s</source>
        <translation>{n} 词元/秒</translation>
    </message>
    <message>
        <source>{path} cannot be written: {reason}.</source>
        <translation>无法写入 {path} ：{reason}。</translation>
    </message>
    <message>
        <source>{rate} tokens per second</source>
        <translation>每秒 {rate} 个词元</translation>
    </message>
    <message>
        <source>{size} free on the disk</source>
        <translation>磁盘空闲 {size}</translation>
    </message>
    <message>
        <source>{size} memory</source>
        <translation>{size} 内存</translation>
    </message>
    <message>
        <source>{size} to download</source>
        <translation>需下载 {size}</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
    <message>
        <source>“{file}” is already being downloaded by another window or command.</source>
        <translation>另一个窗口或命令正在下载“{file}”。</translation>
    </message>
    <message>
        <source>“{name}” cannot be read: {reason}.</source>
        <translation>无法读取“{name}”：{reason}。</translation>
    </message>
    <message>
        <source>“{name}” could not be loaded: {reason}.</source>
        <translation>无法加载“{name}”：{reason}。</translation>
    </message>
    <message>
        <source>“{name}” has changed since it was downloaded. Download it again.</source>
        <translation>“{name}”在下载之后被改动过。请重新下载。</translation>
    </message>
    <message>
        <source>“{name}” has the architecture “{architecture}”, which the engine does not know. Choose another model.</source>
        <translation>“{name}”的架构是“{architecture}”，引擎不认识它。请选择其他模型。</translation>
    </message>
    <message>
        <source>“{name}” is a chatglm.cpp file, an older format this version cannot open. Choose a GGUF build of the model instead.</source>
        <translation>“{name}”是 chatglm.cpp 的文件，这种旧格式本版本无法打开。请改用该模型的 GGUF 版本。</translation>
    </message>
    <message>
        <source>“{name}” is damaged. Download or copy the file again.</source>
        <translation>“{name}”已损坏。请重新下载或复制该文件。</translation>
    </message>
    <message>
        <source>“{name}” is empty. Download or copy the file again.</source>
        <translation>“{name}”是空文件。请重新下载或复制该文件。</translation>
    </message>
    <message>
        <source>“{name}” is incomplete: it has {size} of {expected}. Download or copy the file again.</source>
        <translation>“{name}”不完整：应有 {expected}，只有 {size}。请重新下载或复制该文件。</translation>
    </message>
    <message>
        <source>“{name}” is no longer where it was. Put the file back, or remove the model from the list.</source>
        <translation>“{name}”已不在原来的位置。请把文件放回去，或从列表中移除该模型。</translation>
    </message>
    <message>
        <source>“{name}” is not a chat model by itself ({kind}). Choose the model's main file.</source>
        <translation>“{name}”本身不是对话模型（{kind}）。请选择模型的主文件。</translation>
    </message>
    <message>
        <source>“{name}” is not a model in GGUF format. Choose a file that ends in .gguf.</source>
        <translation>“{name}”不是 GGUF 格式的模型。请选择以 .gguf 结尾的文件。</translation>
    </message>
    <message>
        <source>“{name}” is on this computer.</source>
        <translation>“{name}”已在这台电脑上。</translation>
    </message>
    <message>
        <source>“{name}” is sound.</source>
        <translation>“{name}”完好无损。</translation>
    </message>
    <message>
        <source>“{name}” needs about {needed} of memory; this computer has {available}. Choose a smaller build.</source>
        <translation>“{name}”约需 {needed} 内存，而这台电脑有 {available}。请选择更小的版本。</translation>
    </message>
    <message>
        <source>“{value}” is not possible for “{name}”.</source>
        <translation>“{name}”不能设为“{value}”。</translation>
    </message>
</context>
</TS>
