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
        <source>1 message</source>
        <translation>1 条消息</translation>
    </message>
    <message>
        <source>1 model</source>
        <translation>1 个模型</translation>
    </message>
    <message>
        <source>1 request</source>
        <translation>1 个请求</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 个词元</translation>
    </message>
    <message>
        <source>1. Open the page, sign in, and accept the terms.</source>
        <translation>1. 打开页面，登录并接受条款。</translation>
    </message>
    <message>
        <source>16 bits</source>
        <translation>16 位</translation>
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
        <source>2. Make an access token there; it needs to read and nothing more.</source>
        <translation>2. 在那里创建一个访问令牌，只需要读取权限。</translation>
    </message>
    <message>
        <source>3-bit, small, weaker</source>
        <translation>3 位，较小，效果稍差</translation>
    </message>
    <message>
        <source>3. Enter it in Settings: it stays in the system's keyring and goes to huggingface.co alone.</source>
        <translation>3. 在设置中填入令牌：它保存在系统密钥环中，只会发送给 huggingface.co。</translation>
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
        <source>8 bits</source>
        <translation>8 位</translation>
    </message>
    <message>
        <source>8 bits take half the memory of a long conversation and are a little less exact. They need flash attention; GLM-4.7-Flash always keeps 16 bits.</source>
        <translation>8 位让长对话只占一半内存，精度略低。需要 Flash Attention；GLM-4.7-Flash 始终使用 16 位。</translation>
    </message>
    <message>
        <source>8-bit, nearly the original</source>
        <translation>8 位，几乎等同原版</translation>
    </message>
    <message>
        <source>A file (PEM) with certificates to trust besides the system's, where a company's proxy needs one.</source>
        <translation>除系统证书外还要信任的证书文件（PEM），公司代理有时需要。</translation>
    </message>
    <message>
        <source>A model sees only a part of a long conversation. The messages themselves are always kept.</source>
        <translation>很长的对话，模型只能看到一部分。消息本身始终保留。</translation>
    </message>
    <message>
        <source>A summary of them is being written…</source>
        <translation>正在为它们写摘要…</translation>
    </message>
    <message>
        <source>A token is kept.</source>
        <translation>已保存令牌。</translation>
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
        <source>Above 0, what repeats a passage word for word becomes less likely; 0.8 is usual. 0 means off.</source>
        <translation>大于 0 时，逐字重复前文段落的内容会变得不太可能；常用 0.8。0 表示关闭。</translation>
    </message>
    <message>
        <source>Above 0, words become less likely each time they are used. 0 means off.</source>
        <translation>大于 0 时，词每用一次就更不容易再出现。0 表示关闭。</translation>
    </message>
    <message>
        <source>Above 0, words that were just used become less likely, however often they were. 0 means off.</source>
        <translation>大于 0 时，刚用过的词不容易再出现，与用过几次无关。0 表示关闭。</translation>
    </message>
    <message>
        <source>Above 1, words that were just used become less likely. 1 means off.</source>
        <translation>大于 1 时，刚用过的词不容易再次出现。1 表示关闭。</translation>
    </message>
    <message>
        <source>Access token</source>
        <translation>访问令牌</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>Add the folder</source>
        <translation>添加文件夹</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Address and examples</source>
        <translation>地址与示例</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>高级</translation>
    </message>
    <message>
        <source>All compute each layer</source>
        <translation>每一层由所有显卡一起计算</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>An answer ends before these words and characters: one per line, and \n stands for a new line.</source>
        <translation>回答在遇到这些词或字符之前结束：每行一个，\n 表示换行。</translation>
    </message>
    <message>
        <source>Another program holds the file with your conversations. Close it, then try again.</source>
        <translation>另一个程序正占用保存对话的文件。请关闭它，然后重试。</translation>
    </message>
    <message>
        <source>Another window or command of this program is running. Close it, then move the models.</source>
        <translation>本程序的另一个窗口或命令正在运行。请先关闭它，再移动模型。</translation>
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
        <source>Answers</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Anything larger is turned away.</source>
        <translation>更大的请求会被拒绝。</translation>
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
        <source>Asking for the files…</source>
        <translation>正在查询文件…</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Back to the results</source>
        <translation>返回搜索结果</translation>
    </message>
    <message>
        <source>Builds of ChatGLM2 in chatglm.cpp's format are rewritten after the download. The downloaded file then only takes space.</source>
        <translation>chatglm.cpp 格式的 ChatGLM2 文件下载后会被改写，原来下载的文件此后只占空间。</translation>
    </message>
    <message>
        <source>CPU, 1 thread</source>
        <translation>CPU，1 个线程</translation>
    </message>
    <message>
        <source>CPU, {n} threads</source>
        <translation>CPU，{n} 个线程</translation>
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
        <source>Cancel moving the models</source>
        <translation>取消移动模型</translation>
    </message>
    <message>
        <source>Certificates</source>
        <translation>证书</translation>
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
        <source>ChatGLM's own programs expect 8000.</source>
        <translation>ChatGLM 自己的程序默认用 8000。</translation>
    </message>
    <message>
        <source>ChatGLM-6B does not compute as it should with this build of the engine, so it is not offered here. All other models work.</source>
        <translation>这个引擎版本无法正确运行 ChatGLM-6B，因此这里不提供它。其他模型都能正常使用。</translation>
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
        <source>Chinese</source>
        <translation>中文</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>选择文件夹</translation>
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
        <source>Clear the request log</source>
        <translation>清空请求记录</translation>
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
        <source>Computed at once</source>
        <translation>一次计算</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>连接数</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Context about {percent} % full: {n} of {of} tokens</source>
        <translation>上下文大约已用 {percent} %：{n} / {of} 个词元</translation>
    </message>
    <message>
        <source>Context of {n} tokens</source>
        <translation>上下文 {n} 个词元</translation>
    </message>
    <message>
        <source>Context of {n} tokens in {bits} bits</source>
        <translation>上下文 {n} 个词元，{bits} 位</translation>
    </message>
    <message>
        <source>Context {percent} % full: {n} of {of} tokens</source>
        <translation>上下文已用 {percent} %：{n} / {of} 个词元</translation>
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
        <source>Copied.</source>
        <translation>已复制。</translation>
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
        <source>Copy the key</source>
        <translation>复制密钥</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Default, or the address below</source>
        <translation>默认，或下面的地址</translation>
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
        <source>Download {name} first</source>
        <translation>优先下载 {name}</translation>
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
        <source>Downloads at a time</source>
        <translation>同时下载数</translation>
    </message>
    <message>
        <source>Each has some of the layers</source>
        <translation>各放一部分层</translation>
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
        <source>English</source>
        <translation>英文</translation>
    </message>
    <message>
        <source>Enter a token</source>
        <translation>填入令牌</translation>
    </message>
    <message>
        <source>Everything stays on this computer.</source>
        <translation>一切都留在这台电脑上。</translation>
    </message>
    <message>
        <source>Example code</source>
        <translation>示例代码</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>示例</translation>
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
        <source>First word after</source>
        <translation>首字用时</translation>
    </message>
    <message>
        <source>Fits if you close other programs.</source>
        <translation>关闭其他程序后可以运行。</translation>
    </message>
    <message>
        <source>Fits in memory</source>
        <translation>内存放得下</translation>
    </message>
    <message>
        <source>Fits into the free memory of this computer.</source>
        <translation>这台电脑的空闲内存足够运行。</translation>
    </message>
    <message>
        <source>Fits on the graphics card</source>
        <translation>显卡放得下</translation>
    </message>
    <message>
        <source>Fits, {n} of {count} layers on the graphics card</source>
        <translation>放得下，{count} 层中有 {n} 层在显卡上</translation>
    </message>
    <message>
        <source>Flash attention</source>
        <translation>Flash Attention</translation>
    </message>
    <message>
        <source>Folders of models</source>
        <translation>模型文件夹</translation>
    </message>
    <message>
        <source>Folders…</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>For a context of {n} tokens</source>
        <translation>按 {n} 个词元的上下文计算</translation>
    </message>
    <message>
        <source>For downloads only, such as http://127.0.0.1:7890 or socks5://127.0.0.1:1080. Empty means the system's settings; direct means none.</source>
        <translation>仅用于下载，例如 http://127.0.0.1:7890 或 socks5://127.0.0.1:1080。留空则使用系统设置；填 direct 表示不用代理。</translation>
    </message>
    <message>
        <source>For each large file. More can be faster where a source limits every single one.</source>
        <translation>每个大文件使用的连接数。如果来源限制单个连接的速度，多几个会更快。</translation>
    </message>
    <message>
        <source>For example</source>
        <translation>例如</translation>
    </message>
    <message>
        <source>For programming: explains, writes and repairs code</source>
        <translation>面向编程：讲解、编写和修复代码</translation>
    </message>
    <message>
        <source>For repositories that ask for an account. It is kept in the system's keyring, goes to huggingface.co alone, and never to a mirror.</source>
        <translation>用于需要账号的仓库。令牌保存在系统密钥环中，只会发送给 huggingface.co，绝不会发送给镜像。</translation>
    </message>
    <message>
        <source>For workstations with a great deal of memory</source>
        <translation>适合内存很大的工作站</translation>
    </message>
    <message>
        <source>Forget it</source>
        <translation>删除令牌</translation>
    </message>
    <message>
        <source>Forget the access token</source>
        <translation>删除访问令牌</translation>
    </message>
    <message>
        <source>Found elsewhere on this computer</source>
        <translation>在这台电脑的其他位置找到</translation>
    </message>
    <message>
        <source>Free memory</source>
        <translation>空闲内存</translation>
    </message>
    <message>
        <source>Free on the graphics card</source>
        <translation>显卡空闲显存</translation>
    </message>
    <message>
        <source>French</source>
        <translation>法文</translation>
    </message>
    <message>
        <source>Frequency penalty</source>
        <translation>频率惩罚</translation>
    </message>
    <message>
        <source>GPU layers</source>
        <translation>显卡层数</translation>
    </message>
    <message>
        <source>German</source>
        <translation>德文</translation>
    </message>
    <message>
        <source>Give memory back</source>
        <translation>释放内存</translation>
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
        <source>How many of these tokens are computed together. More can be faster on a graphics card and takes more memory; if answers are gibberish on an old card, try 32.</source>
        <translation>其中多少个词元一起计算。在显卡上，多一些可能更快，但占更多内存；如果旧显卡上的回答是乱码，试试 32。</translation>
    </message>
    <message>
        <source>How many tokens of a question are read in one step at most.</source>
        <translation>读取问题时，每一步最多读多少个词元。</translation>
    </message>
    <message>
        <source>How much of a conversation the model sees at a time. A token is about three quarters of a word. More needs more memory. Applies when a model is loaded.</source>
        <translation>模型一次能看到对话的多少内容。一个词元约为一个汉字。越多越占内存。下次加载模型时生效。</translation>
    </message>
    <message>
        <source>How much of a conversation the model sees: 4K tokens are about 3,000 English words. More needs more memory.</source>
        <translation>模型能看到多长的对话：4K 词元大约相当于 6000 个汉字。越长，需要的内存越多。</translation>
    </message>
    <message>
        <source>How they share a model.</source>
        <translation>多块显卡如何分担一个模型。</translation>
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
        <source>In all</source>
        <translation>合计</translation>
    </message>
    <message>
        <source>In tokens; a longer thought is ended, and the answer begins.</source>
        <translation>以词元计；更长的思考会被结束，随后开始回答。</translation>
    </message>
    <message>
        <source>In tokens; the answer ends there. A token is about three quarters of a word, or one Chinese character.</source>
        <translation>以词元计，到此为止。一个词元约为一个汉字，或四分之三个英文单词。</translation>
    </message>
    <message>
        <source>It does not say which licence it has: look at its page before you use it.</source>
        <translation>没有注明许可证：使用前请查看它的页面。</translation>
    </message>
    <message>
        <source>It has a licence of its own: read it on its page before you use it.</source>
        <translation>它使用自己的许可证：使用前请在它的页面上阅读。</translation>
    </message>
    <message>
        <source>It lies in the trash; emptying that frees {size}.</source>
        <translation>文件已移到回收站；清空后可释放 {size}。</translation>
    </message>
    <message>
        <source>It sees a summary of the first one</source>
        <translation>它看到的是第一条的摘要</translation>
    </message>
    <message>
        <source>It sees a summary of the first {n}</source>
        <translation>它看到的是前 {n} 条的摘要</translation>
    </message>
    <message>
        <source>It sees this summary instead</source>
        <translation>它看到的是这份摘要</translation>
    </message>
    <message>
        <source>It would be read from the disk again and again. Close other programs, choose a smaller context, or a smaller build.</source>
        <translation>运行时会不断从磁盘读取。请关闭其他程序，或选择更短的上下文、更小的版本。</translation>
    </message>
    <message>
        <source>Its owner lets in only who accepted the terms</source>
        <translation>接受条款后才能下载</translation>
    </message>
    <message>
        <source>Japanese</source>
        <translation>日文</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Keep the access token</source>
        <translation>保存访问令牌</translation>
    </message>
    <message>
        <source>Keep what programs ask</source>
        <translation>保存程序的对话</translation>
    </message>
    <message>
        <source>Keep what was read</source>
        <translation>保留已读取的内容</translation>
    </message>
    <message>
        <source>Keeps answers equally surprising from beginning to end, in place of Top P, Top K, Min P and Typical P.</source>
        <translation>让回答从头到尾保持同样的出人意料程度，取代 Top P、Top K、Min P 和 Typical P。</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>密钥</translation>
    </message>
    <message>
        <source>Key {dots}</source>
        <translation>密钥 {dots}</translation>
    </message>
    <message>
        <source>Korean</source>
        <translation>韩文</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Largest request</source>
        <translation>请求的大小上限</translation>
    </message>
    <message>
        <source>Leave out the oldest</source>
        <translation>略去最早的消息</translation>
    </message>
    <message>
        <source>Leave out the oldest this time</source>
        <translation>这次略去最早的消息</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>略去</translation>
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
        <source>Load it again</source>
        <translation>重新加载</translation>
    </message>
    <message>
        <source>Loaded</source>
        <translation>已加载</translation>
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
        <source>Local server</source>
        <translation>本地服务器</translation>
    </message>
    <message>
        <source>Local server at {address}</source>
        <translation>本地服务器，地址 {address}</translation>
    </message>
    <message>
        <source>Lock in memory</source>
        <translation>锁定在内存中</translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation>最长回答</translation>
    </message>
    <message>
        <source>Longest thought</source>
        <translation>最长思考</translation>
    </message>
    <message>
        <source>Looking at this computer…</source>
        <translation>正在了解这台电脑…</translation>
    </message>
    <message>
        <source>Low values give steady answers, high ones surprising answers. 0 always takes the likeliest word.</source>
        <translation>值越低，回答越稳定；值越高，越出人意料。0 表示总是选最可能的词。</translation>
    </message>
    <message>
        <source>Main graphics card</source>
        <translation>主显卡</translation>
    </message>
    <message>
        <source>Make a key</source>
        <translation>创建密钥</translation>
    </message>
    <message>
        <source>Map the file into memory</source>
        <translation>把文件映射到内存</translation>
    </message>
    <message>
        <source>Maximum</source>
        <translation>最大</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测速</translation>
    </message>
    <message>
        <source>Measure again</source>
        <translation>重新测速</translation>
    </message>
    <message>
        <source>Measured: the usual settings are the fastest on this computer.</source>
        <translation>已测速：在这台电脑上，默认设置就是最快的。</translation>
    </message>
    <message>
        <source>Measured: with other settings, an ordinary question would be answered {n} % sooner on this computer. They count when the model is loaded next.</source>
        <translation>已测速：换用另一组设置，在这台电脑上回答普通问题可快 {n}%。下次加载模型时生效。</translation>
    </message>
    <message>
        <source>Measured: with the settings found, an ordinary question is answered {n} % sooner on this computer.</source>
        <translation>已测速：用找到的设置，在这台电脑上回答普通问题快了 {n}%。</translation>
    </message>
    <message>
        <source>Measuring was stopped by something more important.</source>
        <translation>有更重要的事要做，测速已停止。</translation>
    </message>
    <message>
        <source>Measuring…</source>
        <translation>正在测速…</translation>
    </message>
    <message>
        <source>Memory of the conversation</source>
        <translation>对话的存储精度</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Min P</source>
        <translation>Min P（最小概率）</translation>
    </message>
    <message>
        <source>Mirostat</source>
        <translation>Mirostat（恒定困惑度）</translation>
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
        <source>Models (*.gguf *.bin)</source>
        <translation>模型 (*.gguf *.bin)</translation>
    </message>
    <message>
        <source>Models in these folders are listed and used in place. The program never changes anything there.</source>
        <translation>这些文件夹里的模型会列出来并直接使用，本程序绝不改动其中的任何内容。</translation>
    </message>
    <message>
        <source>Models in this folder are listed and used in place. The program never changes anything there.</source>
        <translation>这个文件夹里的模型会列出来并直接使用，本程序绝不改动其中的任何内容。</translation>
    </message>
    <message>
        <source>Models outside the GLM family may not work as well here.</source>
        <translation>GLM 系列以外的模型在这里可能效果不佳。</translation>
    </message>
    <message>
        <source>More about answers</source>
        <translation>更多回答选项</translation>
    </message>
    <message>
        <source>More for {name}</source>
        <translation>{name} 的更多操作</translation>
    </message>
    <message>
        <source>Move the models to another folder</source>
        <translation>把模型移到其他文件夹</translation>
    </message>
    <message>
        <source>Move…</source>
        <translation>移动…</translation>
    </message>
    <message>
        <source>Moving the models</source>
        <translation>正在移动模型</translation>
    </message>
    <message>
        <source>Moving the models…</source>
        <translation>正在移动模型…</translation>
    </message>
    <message>
        <source>Moving the models… {done} of {total}</source>
        <translation>正在移动模型… {done} / {total}</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Name of a GLM model</source>
        <translation>GLM 模型的名称</translation>
    </message>
    <message>
        <source>Name of a model</source>
        <translation>模型的名称</translation>
    </message>
    <message>
        <source>Needs more disk space</source>
        <translation>磁盘空间不足</translation>
    </message>
    <message>
        <source>Network settings</source>
        <translation>网络设置</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>New chat with this question</source>
        <translation>用这个问题新建对话</translation>
    </message>
    <message>
        <source>New key</source>
        <translation>换一个密钥</translation>
    </message>
    <message>
        <source>No GLM model was found for “{text}”. Try fewer words, or switch on “Show every model”.</source>
        <translation>没有找到与“{text}”相符的 GLM 模型。请减少关键词，或打开“显示所有模型”。</translation>
    </message>
    <message>
        <source>No answer can follow this grammar or JSON schema: {reason}.</source>
        <translation>没有回答能遵循这个语法或 JSON Schema：{reason}。</translation>
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
        <source>No model yet. Choose one under “Recommended”, or drop a .gguf file on this window.</source>
        <translation>还没有模型。请在“推荐”中选择一个，或把 .gguf 文件拖到这个窗口。</translation>
    </message>
    <message>
        <source>No token is kept.</source>
        <translation>没有保存令牌。</translation>
    </message>
    <message>
        <source>Nobody has asked anything yet.</source>
        <translation>还没有程序提过问题。</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>None at all</source>
        <translation>完全不思考</translation>
    </message>
    <message>
        <source>None: every program on this computer may ask.</source>
        <translation>没有密钥：这台电脑上的任何程序都可以提问。</translation>
    </message>
    <message>
        <source>Not enough free graphics memory for more: all layers need {needed}, and {free} is free.</source>
        <translation>可用显存不够放更多层：全部需要 {needed}，可用 {free}。</translation>
    </message>
    <message>
        <source>Not loaded</source>
        <translation>未加载</translation>
    </message>
    <message>
        <source>Not measured yet, so the usual settings are used.</source>
        <translation>还没有测速，使用默认设置。</translation>
    </message>
    <message>
        <source>Not there now. Its models come back with it.</source>
        <translation>目前不在。连接后，其中的模型会重新出现。</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>不保留</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>没有找到</translation>
    </message>
    <message>
        <source>Nothing was found for “{text}”. Try fewer or other words.</source>
        <translation>没有找到与“{text}”相符的模型。请减少或更换关键词。</translation>
    </message>
    <message>
        <source>Nothing was found.</source>
        <translation>没有找到任何结果。</translation>
    </message>
    <message>
        <source>Of all downloads together.</source>
        <translation>所有下载合计的速度。</translation>
    </message>
    <message>
        <source>Of another hub or mirror that speaks Hugging Face's language, or folder:PATH for a folder or a USB stick.</source>
        <translation>兼容 Hugging Face 接口的其他模型站或镜像的地址；文件夹或 U 盘写作 folder:路径。</translation>
    </message>
    <message>
        <source>Of menus and messages. The model answers in the language you write.</source>
        <translation>菜单和提示的语言。模型会用你书写的语言回答。</translation>
    </message>
    <message>
        <source>Of questions and answers.</source>
        <translation>问题和回答的字号。</translation>
    </message>
    <message>
        <source>Of the first generation: it reads the whole conversation again for each question, and gives one answer at a time. It cannot follow a grammar or a JSON schema, nor call functions.</source>
        <translation>第一代模型：每次提问都要重新读一遍整个对话，一次只能给出一个回答；不能遵循语法或 JSON 模式，也不能调用函数。</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Off: as for all models</source>
        <translation>关闭：与所有模型相同</translation>
    </message>
    <message>
        <source>Off: the model answers at once, in every conversation. Some models cannot do without thinking.</source>
        <translation>关闭后，模型在所有对话中都直接回答。有些模型无法不思考。</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开启</translation>
    </message>
    <message>
        <source>On disk: conversations go on at once after a switch or a restart, without being read again. Deleted with the conversation.</source>
        <translation>保存在硬盘上：切换对话或重新启动后可以立即继续，无需重新读取。删除对话时一并删除。</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>在这台电脑上</translation>
    </message>
    <message>
        <source>One card has everything</source>
        <translation>全部放在一块显卡上</translation>
    </message>
    <message>
        <source>Only programs on this computer can reach it.</source>
        <translation>只有这台电脑上的程序能访问它。</translation>
    </message>
    <message>
        <source>Only the likeliest words that together reach this probability are considered. 1 considers all.</source>
        <translation>只考虑概率合计达到此值的最可能的词。1 表示全部考虑。</translation>
    </message>
    <message>
        <source>Only this many of the likeliest words are considered.</source>
        <translation>只考虑最可能的这么多个词。</translation>
    </message>
    <message>
        <source>Only words about as surprising as usual are considered, up to this probability together. 1 means off.</source>
        <translation>只考虑出人意料程度接近平均的词，直到概率合计达到此值。1 表示关闭。</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Open its page</source>
        <translation>打开页面</translation>
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
        <source>Other computers can reach it with the key.</source>
        <translation>其他电脑凭密钥可以访问它。</translation>
    </message>
    <message>
        <source>Other computers could reach the server at {host}, so it needs a key: set one, or use 127.0.0.1.</source>
        <translation>其他电脑能访问 {host} 上的服务器，所以需要密钥：请设置一个，或改用 127.0.0.1。</translation>
    </message>
    <message>
        <source>Other computers may use it</source>
        <translation>允许其他电脑使用</translation>
    </message>
    <message>
        <source>Other programs are using the processor now. Measure again when the computer has little to do.</source>
        <translation>其他程序正在占用处理器。等电脑空闲时再测一次。</translation>
    </message>
    <message>
        <source>Other programs hold these. They can be used where they lie, without a second copy.</source>
        <translation>这些模型属于其他程序，可以直接使用，无需再复制一份。</translation>
    </message>
    <message>
        <source>Other programs on this computer hold models you can use: {n}.</source>
        <translation>这台电脑上的其他程序有可用的模型：{n} 个。</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Pause all</source>
        <translation>全部暂停</translation>
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
        <source>Plain answers for LangChain's ChatGLM3</source>
        <translation>给 LangChain 的 ChatGLM3 整段回答</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>Port {port} is used by another program. Choose another one.</source>
        <translation>端口 {port} 已被别的程序占用。请换一个。</translation>
    </message>
    <message>
        <source>Port {port} is used by another program. Port {next} is free.</source>
        <translation>端口 {port} 已被别的程序占用。端口 {next} 空闲。</translation>
    </message>
    <message>
        <source>Presence penalty</source>
        <translation>存在惩罚</translation>
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
        <source>Programs must send it as their API key.</source>
        <translation>程序要用它作为 API 密钥。</translation>
    </message>
    <message>
        <source>Programs on this computer can ask the model, as they would ask ChatGLM's or OpenAI's. Starts with the program.</source>
        <translation>这台电脑上的程序可以像调用 ChatGLM 或 OpenAI 那样向模型提问。随本程序启动。</translation>
    </message>
    <message>
        <source>Programs that were written for ChatGLM or for OpenAI's services can ask the model on this computer.</source>
        <translation>为 ChatGLM 或 OpenAI 服务编写的程序，可以向这台电脑上的模型提问。</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>读取</translation>
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
        <source>Read while you type</source>
        <translation>边输入边读取</translation>
    </message>
    <message>
        <source>Reading step</source>
        <translation>读取步长</translation>
    </message>
    <message>
        <source>Reading the model's description to see whether it fits…</source>
        <translation>正在读取模型的描述，判断能否放得下…</translation>
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
        <source>Recommended</source>
        <translation>推荐</translation>
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
        <source>Remove originals</source>
        <translation>删除原文件</translation>
    </message>
    <message>
        <source>Remove the key</source>
        <translation>删除密钥</translation>
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
        <source>Rename “{name}”</source>
        <translation>重命名“{name}”</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Repeated passages (DRY)</source>
        <translation>重复段落（DRY）</translation>
    </message>
    <message>
        <source>Repetition penalty</source>
        <translation>重复惩罚</translation>
    </message>
    <message>
        <source>Requests</source>
        <translation>请求</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Resume all</source>
        <translation>全部继续</translation>
    </message>
    <message>
        <source>Reused</source>
        <translation>沿用</translation>
    </message>
    <message>
        <source>Rewriting as GGUF</source>
        <translation>正在改写为 GGUF</translation>
    </message>
    <message>
        <source>Runs at {address}</source>
        <translation>运行于 {address}</translation>
    </message>
    <message>
        <source>Russian</source>
        <translation>俄文</translation>
    </message>
    <message>
        <source>Safe mode: the engine crashed on the graphics card before.</source>
        <translation>安全模式：引擎之前在显卡上崩溃过。</translation>
    </message>
    <message>
        <source>Same as the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Saved. What concerns the engine applies when the model is loaded again.</source>
        <translation>已保存。与引擎有关的设置在重新加载模型后生效。</translation>
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
        <source>Search for {name}</source>
        <translation>搜索 {name}</translation>
    </message>
    <message>
        <source>Search the hub</source>
        <translation>搜索模型站</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>正在搜索…</translation>
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
        <source>Server stopped</source>
        <translation>服务器未运行</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Settings of {name}</source>
        <translation>{name} 的设置</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>设置…</translation>
    </message>
    <message>
        <source>Several graphics cards</source>
        <translation>多块显卡</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Show all {n}</source>
        <translation>显示全部 {n} 个</translation>
    </message>
    <message>
        <source>Show all {n} characters</source>
        <translation>显示全部 {n} 个字符</translation>
    </message>
    <message>
        <source>Show builds</source>
        <translation>查看版本</translation>
    </message>
    <message>
        <source>Show every model, not only the GLM family</source>
        <translation>显示所有模型，不限于 GLM 系列</translation>
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
        <source>Show the builds of {name}</source>
        <translation>查看 {name} 的版本</translation>
    </message>
    <message>
        <source>Show the download of {name}</source>
        <translation>显示 {name} 的下载</translation>
    </message>
    <message>
        <source>Show the list ({keys})</source>
        <translation>显示列表（{keys}）</translation>
    </message>
    <message>
        <source>Shows questions and answers there. Only in memory, until the program ends.</source>
        <translation>在记录里显示问题和回答。只留在内存中，退出程序就没有了。</translation>
    </message>
    <message>
        <source>Slow: does not fit in memory</source>
        <translation>会很慢：内存放不下</translation>
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
        <translation>程序本身出了问题。报告已写入 {path}。</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation>西班牙文</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Speed limit</source>
        <translation>限速</translation>
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
        <source>Stop and ask</source>
        <translation>停下来询问</translation>
    </message>
    <message>
        <source>Stop at</source>
        <translation>停止词</translation>
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
        <source>Summarise the oldest</source>
        <translation>概括最早的消息</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>Switch it on, and programs can ask the model.</source>
        <translation>打开它，程序就能向模型提问。</translation>
    </message>
    <message>
        <source>Switch off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Switch on</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Switch the network on</source>
        <translation>恢复联网</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation>系统提示词</translation>
    </message>
    <message>
        <source>Take {folder} off the list</source>
        <translation>从列表中移除 {folder}</translation>
    </message>
    <message>
        <source>Takes less memory and is mostly faster. Automatic: wherever the model and the device can.</source>
        <translation>占用更少内存，通常也更快。自动：只要模型和设备支持就使用。</translation>
    </message>
    <message>
        <source>Tells the model how to behave. New conversations with this model begin with it.</source>
        <translation>告诉模型该怎么做。用这个模型新建的对话都会以它开头。</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>Texts in the request log</source>
        <translation>在请求记录里显示文字</translation>
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
        <source>The conversation no longer fits into what the model sees. Nothing is lost, your question is kept.</source>
        <translation>这段对话已超出模型能看到的范围。没有丢失任何内容，你的问题已保留。</translation>
    </message>
    <message>
        <source>The conversation no longer fits: it has {tokens} tokens, and the model sees {context}, its answer included. Nothing is lost, your question is kept.</source>
        <translation>这段对话放不下了：共 {tokens} 个词元，模型只能看到 {context} 个，回答也算在内。没有丢失任何内容，你的问题已保留。</translation>
    </message>
    <message>
        <source>The disk is full: {path} cannot grow. Make room, then try again.</source>
        <translation>磁盘已满：{path} 无法继续写入。请腾出空间，然后重试。</translation>
    </message>
    <message>
        <source>The disk is full: {path} needs {needed}, and {free} is free. Make room for it.</source>
        <translation>空间不足：{path} 需要 {needed}，目前只剩 {free}。请腾出空间。</translation>
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
        <source>The engine found no graphics card it can use.</source>
        <translation>引擎没有找到可用的显卡。</translation>
    </message>
    <message>
        <source>The engine has {waiting} questions waiting already. Ask again when some of them are answered.</source>
        <translation>引擎已有 {waiting} 个问题在排队。等其中一些得到回答后再问。</translation>
    </message>
    <message>
        <source>The engine stopped unexpectedly ({signal}). What was written so far is kept.</source>
        <translation>引擎意外停止（{signal}）。已写出的内容都保留着。</translation>
    </message>
    <message>
        <source>The engine was ended from outside: the system does that when memory runs out. What was written so far is kept.</source>
        <translation>引擎被从外部结束：内存不足时，系统会这样做。已写出的内容都保留着。</translation>
    </message>
    <message>
        <source>The engine works.</source>
        <translation>引擎工作正常。</translation>
    </message>
    <message>
        <source>The file ({size}) goes to the trash, or is deleted where there is no trash. Your conversations stay.</source>
        <translation>文件（{size}）会移到回收站；没有回收站时直接删除。你的对话会保留。</translation>
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
        <source>The file is in chatglm.cpp's format and is rewritten as GGUF, which the engine reads.</source>
        <translation>这个文件是 chatglm.cpp 格式，正在改写为引擎能读的 GGUF。</translation>
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
        <translation>保存对话的文件已损坏。原文件保留为 {moved_to}，并新建了一个。</translation>
    </message>
    <message>
        <source>The graphics card had less room than it said, so fewer layers of the model run there.</source>
        <translation>显卡的可用空间比它报告的少，因此在显卡上运行的层数减少了。</translation>
    </message>
    <message>
        <source>The graphics card refused more layers.</source>
        <translation>显卡无法容纳更多层。</translation>
    </message>
    <message>
        <source>The graphics card refused the model, so it runs on the processor. It is slower, the answers are the same.</source>
        <translation>显卡无法加载这个模型，因此改在处理器上运行。速度较慢，回答不变。</translation>
    </message>
    <message>
        <source>The graphics driver crashes when it is asked for its cards. The processor is used; update the driver.</source>
        <translation>显卡驱动在查询显卡时崩溃，现在改用处理器运行。请更新显卡驱动。</translation>
    </message>
    <message>
        <source>The hub has a newer upload of this file than the list this program came with.</source>
        <translation>模型站上的这个文件比本程序自带列表中的更新。</translation>
    </message>
    <message>
        <source>The local server runs. Programs reach it at {address}.</source>
        <translation>本地服务器正在运行，地址是 {address}。</translation>
    </message>
    <message>
        <source>The message above is no longer seen by the model</source>
        <translation>模型已看不到上面这条消息</translation>
    </message>
    <message>
        <source>The model answers at once</source>
        <translation>模型直接回答</translation>
    </message>
    <message>
        <source>The model reads your question before you send it, and the answer begins sooner. Not on a battery below 20 %.</source>
        <translation>在你发送之前模型就先读问题，回答会更快开始。电池电量低于 20 % 时不启用。</translation>
    </message>
    <message>
        <source>The model runs on the processor.</source>
        <translation>模型在处理器上运行。</translation>
    </message>
    <message>
        <source>The model sees {of} tokens at a time</source>
        <translation>模型一次能看到 {of} 个词元</translation>
    </message>
    <message>
        <source>The model starts sooner, and what is read can be given back at any time. Off: everything is read first.</source>
        <translation>模型启动更快，读入的内容可随时归还给系统。关闭时：先全部读入。</translation>
    </message>
    <message>
        <source>The model thinks before it answers: slower, often better</source>
        <translation>模型先思考再回答：较慢，但往往更好</translation>
    </message>
    <message>
        <source>The models are already in {path}. Choose another folder.</source>
        <translation>模型已经在 {path} 中了。请选择其他文件夹。</translation>
    </message>
    <message>
        <source>The models are in {folder} now.</source>
        <translation>模型现在位于 {folder}。</translation>
    </message>
    <message>
        <source>The models are in {path} now.</source>
        <translation>模型现在位于 {path}。</translation>
    </message>
    <message>
        <source>The most thorough answers of its generation; slow without a graphics card</source>
        <translation>同代中回答最周全；没有显卡时较慢</translation>
    </message>
    <message>
        <source>The name is yours alone; the file keeps its own.</source>
        <translation>只改变显示的名称，文件名不变。</translation>
    </message>
    <message>
        <source>The number of the card that has everything, or what cannot be shared. The first is 0.</source>
        <translation>放置整个模型或无法分担部分的显卡编号。第一块是 0。</translation>
    </message>
    <message>
        <source>The others wait in the queue.</source>
        <translation>其余的在队列中等待。</translation>
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
        <source>The program is offline. Switch Offline off in Settings to reach the network.</source>
        <translation>本程序处于离线状态。要联网，请在设置中关闭“离线”。</translation>
    </message>
    <message>
        <source>The program sends nothing into the network. Downloads wait until you switch it off.</source>
        <translation>本程序不向网络发送任何内容。下载会等到你关闭此选项后再继续。</translation>
    </message>
    <message>
        <source>The program uses the network for one thing only: model searches and downloads that you start, at the source you chose. Your questions and the answers never leave this computer. Only if you let other computers use the local server do their questions and its answers travel through your network.</source>
        <translation>本程序只在一种情况下使用网络：你发起的模型搜索和下载，来源由你选择。你的问题和回答绝不会离开这台电脑。只有当你允许其他电脑使用本地服务器时，它们的问题和得到的回答才会经过你的网络。</translation>
    </message>
    <message>
        <source>The program's own</source>
        <translation>本程序的文件夹</translation>
    </message>
    <message>
        <source>The question is empty.</source>
        <translation>问题是空的。</translation>
    </message>
    <message>
        <source>The question is too long: {tokens} tokens, and the context holds {context}, the answer included. Shorten it, or raise the context in Settings.</source>
        <translation>问题太长：共 {tokens} 个词元，而上下文只能容纳 {context} 个，回答也算在内。请缩短问题，或在设置中增大上下文。</translation>
    </message>
    <message>
        <source>The same with finer weights: more precise, needs more memory</source>
        <translation>同一模型，权重更精细：更准确，也更占内存</translation>
    </message>
    <message>
        <source>The search sends your words to the source of models chosen in Settings, and nothing else.</source>
        <translation>搜索只会把你输入的关键词发送给设置中选择的模型来源，不发送其他内容。</translation>
    </message>
    <message>
        <source>The second ChatGLM with finer weights; rewritten as GGUF after the download</source>
        <translation>第二代 ChatGLM，权重更精细；下载后改写为 GGUF</translation>
    </message>
    <message>
        <source>The second ChatGLM, as it was in 2023; rewritten as GGUF after the download</source>
        <translation>2023 年的第二代 ChatGLM；下载后改写为 GGUF</translation>
    </message>
    <message>
        <source>The server cannot listen on {host}: {reason}.</source>
        <translation>服务器无法监听 {host}：{reason}。</translation>
    </message>
    <message>
        <source>The server is off.</source>
        <translation>服务器已关闭。</translation>
    </message>
    <message>
        <source>The server listens at {address}. Ctrl+C ends it.</source>
        <translation>服务器正在监听 {address}。按 Ctrl+C 结束。</translation>
    </message>
    <message>
        <source>The settings file was damaged. It was kept as {moved_to}, and the defaults are back.</source>
        <translation>设置文件已损坏。原文件保留为 {moved_to}，设置已恢复默认。</translation>
    </message>
    <message>
        <source>The source sent the same wrong “{file}” again: its checksum is not the one the hub names, so it was thrown away. Choose another source.</source>
        <translation>来源又发来了同一个错误的“{file}”：校验值与平台公布的不符，已经丢弃。请换一个来源。</translation>
    </message>
    <message>
        <source>The system does not allow locking so much memory, so the model may be swapped out.</source>
        <translation>系统不允许锁定这么多内存，因此模型可能会被换出。</translation>
    </message>
    <message>
        <source>The system may not swap the model out. Only where there is memory to spare.</source>
        <translation>不让系统把模型换出内存。仅在内存充裕时使用。</translation>
    </message>
    <message>
        <source>The system's keyring cannot be used ({reason}): nothing can be kept in it or read from it.</source>
        <translation>无法使用系统密钥环（{reason}），因此既不能在其中保存内容，也不能从中读取内容。</translation>
    </message>
    <message>
        <source>The very first ChatGLM with finer weights</source>
        <translation>最早的 ChatGLM，权重更精细</translation>
    </message>
    <message>
        <source>The very first ChatGLM, for comparison and for old times' sake</source>
        <translation>最早的 ChatGLM，可用来比较，也可用来怀旧</translation>
    </message>
    <message>
        <source>The whole model runs on the graphics card: as quick as this computer gets.</source>
        <translation>整个模型在显卡上运行：这是这台电脑最快的方式。</translation>
    </message>
    <message>
        <source>The {n} messages above are no longer seen by the model</source>
        <translation>模型已看不到上面 {n} 条消息</translation>
    </message>
    <message>
        <source>Their addresses up to the first slash (origins), separated by blanks. Empty means none.</source>
        <translation>填写网页的来源（origin），例如 http://localhost:3000，用空格分开。留空表示都不允许。</translation>
    </message>
    <message>
        <source>Their questions and answers are stored in the list like your own conversations.</source>
        <translation>程序的提问和得到的回答会像你自己的对话一样存入列表。</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>There is no GGUF model in this repository. Look for one whose name ends in “GGUF”.</source>
        <translation>这个仓库里没有 GGUF 模型。请寻找名称以“GGUF”结尾的仓库。</translation>
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
        <source>There is no model in GGUF format in {repository}.</source>
        <translation>{repository} 中没有 GGUF 格式的模型。</translation>
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
        <source>These graphics cards cannot compute a layer together, so each has some of the layers.</source>
        <translation>这些显卡不能一起计算同一层，因此各放一部分层。</translation>
    </message>
    <message>
        <source>Think first</source>
        <translation>先思考</translation>
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
        <translation>这是 ChatGLM Desktop 的程序错误。报告已写入 {path}。</translation>
    </message>
    <message>
        <source>This model cannot be measured: {reason}.</source>
        <translation>无法为这个模型测速：{reason}。</translation>
    </message>
    <message>
        <source>This model cannot keep conversations in 8 bits, so they are kept in 16 bits.</source>
        <translation>这个模型不能用 8 位保存对话，因此使用 16 位。</translation>
    </message>
    <message>
        <source>This program sends nothing into the network. Click for the setting.</source>
        <translation>本程序不会向网络发送任何内容。点击可打开设置。</translation>
    </message>
    <message>
        <source>Those in your network, and only with the key. The connection is not encrypted.</source>
        <translation>仅限你网络中的电脑，而且必须有密钥。连接不加密。</translation>
    </message>
    <message>
        <source>Thought for</source>
        <translation>思考用时</translation>
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
        <source>Top K</source>
        <translation>Top K（候选词数）</translation>
    </message>
    <message>
        <source>Top P</source>
        <translation>Top P（核采样）</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Try {source}</source>
        <translation>改用 {source}</translation>
    </message>
    <message>
        <source>Typical P</source>
        <translation>Typical P（典型采样）</translation>
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
        <source>Until then programs cannot ask the model.</source>
        <translation>在此之前，程序无法向模型提问。</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Use it where it is</source>
        <translation>在原处使用</translation>
    </message>
    <message>
        <source>Use port {port}</source>
        <translation>改用端口 {port}</translation>
    </message>
    <message>
        <source>Use the models in “{name}”?</source>
        <translation>使用“{name}”中的模型？</translation>
    </message>
    <message>
        <source>Use {name}</source>
        <translation>使用 {name}</translation>
    </message>
    <message>
        <source>Use {name} where it is</source>
        <translation>就地使用 {name}</translation>
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
        <source>Web pages that may use it</source>
        <translation>允许使用的网页</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
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
        <source>What does not fit on the graphics card runs on the processor, which is slower.</source>
        <translation>显卡放不下的部分在处理器上运行，速度较慢。</translation>
    </message>
    <message>
        <source>What is switched on here holds for this model alone; the rest is as for all models.</source>
        <translation>这里打开的选项只用于这个模型，其余与所有模型相同。</translation>
    </message>
    <message>
        <source>What would you like to talk about?</source>
        <translation>想聊点什么？</translation>
    </message>
    <message>
        <source>When a conversation is full</source>
        <translation>对话放不下时</translation>
    </message>
    <message>
        <source>When nothing was asked for this long. The next question loads the model again by itself.</source>
        <translation>这么久没有提问就释放。下次提问会自动重新加载模型。</translation>
    </message>
    <message>
        <source>Where models come from. Without an address that is Hugging Face.</source>
        <translation>模型从哪里下载。没有填写地址时为 Hugging Face。</translation>
    </message>
    <message>
        <source>Whether it fits is not known: {reason}</source>
        <translation>无法判断能否放得下：{reason}</translation>
    </message>
    <message>
        <source>Will it fit? With a context of</source>
        <translation>放得下吗？上下文长度</translation>
    </message>
    <message>
        <source>With streaming=True it asks for a stream it cannot read. Then requests from Python's httpx get one whole answer.</source>
        <translation>它在 streaming=True 时会请求自己读不了的流。打开后，来自 Python httpx 的请求会得到一整段回答。</translation>
    </message>
    <message>
        <source>Words less likely than this share of the likeliest one are not considered. 0 considers all.</source>
        <translation>可能性低于最可能的词这一比例的词不予考虑。0 表示全部考虑。</translation>
    </message>
    <message>
        <source>Working memory</source>
        <translation>工作内存</translation>
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
        <source>Written</source>
        <translation>写出</translation>
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
        <source>You set how many layers run on the graphics card.</source>
        <translation>在显卡上运行的层数由你设定。</translation>
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
        <source>Yours</source>
        <translation>你的文件夹</translation>
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
        <source>a web page that is not on your list</source>
        <translation>网页不在你允许的列表里</translation>
    </message>
    <message>
        <source>an adapter for another model</source>
        <translation>另一个模型的适配器</translation>
    </message>
    <message>
        <source>asked for another computer's name</source>
        <translation>请求的是别的电脑名</translation>
    </message>
    <message>
        <source>by {owner}</source>
        <translation>作者：{owner}</translation>
    </message>
    <message>
        <source>changed {date}</source>
        <translation>更新于 {date}</translation>
    </message>
    <message>
        <source>ended too soon</source>
        <translation>没有发完</translation>
    </message>
    <message>
        <source>first after {n} s</source>
        <translation>{n} 秒后出首字</translation>
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
        <source>from {program}</source>
        <translation>来自 {program}</translation>
    </message>
    <message>
        <source>left</source>
        <translation>已离开</translation>
    </message>
    <message>
        <source>loading {n} %</source>
        <translation>加载中 {n} %</translation>
    </message>
    <message>
        <source>min</source>
        <translation>分钟</translation>
    </message>
    <message>
        <source>needs an account</source>
        <translation>需要账号</translation>
    </message>
    <message>
        <source>needs {memory} of memory</source>
        <translation>需要 {memory} 内存</translation>
    </message>
    <message>
        <source>needs {total}: weights {weights}, context {context}, working memory {working}</source>
        <translation>需要 {total}：权重 {weights}，上下文 {context}，工作内存 {working}</translation>
    </message>
    <message>
        <source>not JSON</source>
        <translation>不是 JSON</translation>
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
        <source>not text in UTF-8 or GB18030</source>
        <translation>不是 UTF-8 或 GB18030 文字</translation>
    </message>
    <message>
        <source>not used yet</source>
        <translation>尚未使用</translation>
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
        <source>sent too slowly</source>
        <translation>发送太慢</translation>
    </message>
    <message>
        <source>size not known</source>
        <translation>大小未知</translation>
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
        <source>there is no such address</source>
        <translation>没有这个地址</translation>
    </message>
    <message>
        <source>tight</source>
        <translation>勉强</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>too large</source>
        <translation>太大</translation>
    </message>
    <message>
        <source>too large for the memory</source>
        <translation>内存放不下</translation>
    </message>
    <message>
        <source>too long for the context</source>
        <translation>超出上下文</translation>
    </message>
    <message>
        <source>too many requests at a time</source>
        <translation>同时的请求太多</translation>
    </message>
    <message>
        <source>used on {date}</source>
        <translation>上次使用：{date}</translation>
    </message>
    <message>
        <source>used today</source>
        <translation>今天用过</translation>
    </message>
    <message>
        <source>used yesterday</source>
        <translation>昨天用过</translation>
    </message>
    <message>
        <source>writing</source>
        <translation>书写中</translation>
    </message>
    <message>
        <source>wrong or no key</source>
        <translation>没有密钥或密钥不对</translation>
    </message>
    <message>
        <source>{card}: {n} of {all} layers</source>
        <translation>{card}：{n} / {all} 层</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} / {total}</translation>
    </message>
    <message>
        <source>{endpoint} cannot be reached. Check the network, or choose another source in Settings.</source>
        <translation>无法连接 {endpoint}。请检查网络，或在设置中换一个来源。</translation>
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
        <source>{graphics} free on the graphics card, {memory} in memory</source>
        <translation>显卡空闲 {graphics}，内存空闲 {memory}</translation>
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
        <source>{licence} licence: read on its page what it asks for.</source>
        <translation>{licence} 许可证：请在它的页面上查看具体要求。</translation>
    </message>
    <message>
        <source>{messages} left out</source>
        <translation>略去 {messages}</translation>
    </message>
    <message>
        <source>{name} is complete and unchanged.</source>
        <translation>{name} 完整无误，未被改动。</translation>
    </message>
    <message>
        <source>{name} is in the trash. Emptying it frees {size}.</source>
        <translation>{name} 已移到回收站，清空后可释放 {size}。</translation>
    </message>
    <message>
        <source>{name} is off the list. Its file stays where it is.</source>
        <translation>{name} 已从列表中移除，文件仍在原处。</translation>
    </message>
    <message>
        <source>{name} is ready.</source>
        <translation>{name} 已就绪。</translation>
    </message>
    <message>
        <source>{name} is removed. {size} are free again.</source>
        <translation>{name} 已删除，释放了 {size}。</translation>
    </message>
    <message>
        <source>{n} + {m} tokens</source>
        <translation>{n} + {m} 个词元</translation>
    </message>
    <message>
        <source>{n} cores</source>
        <translation>{n} 个核心</translation>
    </message>
    <message>
        <source>{n} downloads</source>
        <translation>{n} 次下载</translation>
    </message>
    <message>
        <source>{n} files</source>
        <translation>{n} 个文件</translation>
    </message>
    <message>
        <source>{n} messages</source>
        <translation>{n} 条消息</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n} 分钟</translation>
    </message>
    <message>
        <source>{n} models</source>
        <translation>{n} 个模型</translation>
    </message>
    <message>
        <source>{n} per second</source>
        <translation>每秒 {n} 个</translation>
    </message>
    <message>
        <source>{n} requests</source>
        <translation>{n} 个请求</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} 秒</translation>
    </message>
    <message>
        <source>{n} tokens</source>
        <translation>{n} 个词元</translation>
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
        <source>{n} written</source>
        <translation>写出 {n} 个</translation>
    </message>
    <message>
        <source>{option}: a value of this model's own</source>
        <translation>{option}：为这个模型单独设置</translation>
    </message>
    <message>
        <source>{path} already has a file “{file}”. Choose another folder, or move that file away.</source>
        <translation>{path} 中已有文件“{file}”。请选择其他文件夹，或先移走该文件。</translation>
    </message>
    <message>
        <source>{path} cannot be written: {reason}.</source>
        <translation>无法写入 {path} ：{reason}。</translation>
    </message>
    <message>
        <source>{path} is not a folder this program can use.</source>
        <translation>{path} 不是本程序可用的文件夹。</translation>
    </message>
    <message>
        <source>{rate} tokens per second</source>
        <translation>每秒 {rate} 个词元</translation>
    </message>
    <message>
        <source>{requests}, none failed</source>
        <translation>{requests}，没有失败</translation>
    </message>
    <message>
        <source>{requests}, {failed} failed ({share} %)</source>
        <translation>{requests}，{failed} 个失败（{share} %）</translation>
    </message>
    <message>
        <source>{size} are free again.</source>
        <translation>已释放 {size}。</translation>
    </message>
    <message>
        <source>{size} free</source>
        <translation>空闲 {size}</translation>
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
        <source>{size} of memory</source>
        <translation>内存 {size}</translation>
    </message>
    <message>
        <source>{size} to download</source>
        <translation>需下载 {size}</translation>
    </message>
    <message>
        <source>{some}, {other}</source>
        <translation>{some}、{other}</translation>
    </message>
    <message>
        <source>{source} may have it: try again with {option}.</source>
        <translation>{source} 可能有：请加上 {option} 重试。</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
    <message>
        <source>{title} · {n} on the way</source>
        <translation>{title} · {n} 个正在下载</translation>
    </message>
    <message>
        <source>{tokens} read, {known} reused</source>
        <translation>读取 {tokens}，沿用 {known} 个</translation>
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
        <source>“{name}” is a chatglm.cpp file of a kind this program cannot use. Choose a GGUF build of the model instead.</source>
        <translation>“{name}”是本程序无法使用的一种 chatglm.cpp 文件。请改选这个模型的 GGUF 版本。</translation>
    </message>
    <message>
        <source>“{name}” is a chatglm.cpp file. Import it, and it is rewritten in the format the engine reads.</source>
        <translation>“{name}”是 chatglm.cpp 文件。导入后会改写成引擎能读的格式。</translation>
    </message>
    <message>
        <source>“{name}” is being downloaded.</source>
        <translation>正在下载“{name}”。</translation>
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
        <source>“{name}” is in {folder}, which is not there now. Connect the disk again, or remove the model from the list.</source>
        <translation>“{name}”位于 {folder}，但该文件夹现在不可用。请重新连接磁盘，或将模型从列表中移除。</translation>
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
