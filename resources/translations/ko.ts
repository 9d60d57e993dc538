<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ko" sourcelanguage="en">
<context>
    <name>desktop</name>
    <message>
        <source>1 core</source>
        <translation>코어 1개</translation>
    </message>
    <message>
        <source>1 message</source>
        <translation>메시지 1개</translation>
    </message>
    <message>
        <source>1 model</source>
        <translation>모델 1개</translation>
    </message>
    <message>
        <source>1 request</source>
        <translation>요청 1건</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1토큰</translation>
    </message>
    <message>
        <source>1. Open the page, sign in, and accept the terms.</source>
        <translation>1. 페이지를 열고 로그인한 뒤 약관에 동의하세요.</translation>
    </message>
    <message>
        <source>16 bits</source>
        <translation>16비트</translation>
    </message>
    <message>
        <source>16-bit, the original</source>
        <translation>16비트, 원본</translation>
    </message>
    <message>
        <source>2-bit, smallest, clearly weaker</source>
        <translation>2비트, 가장 작지만 품질이 뚜렷이 낮음</translation>
    </message>
    <message>
        <source>2. Make an access token there; it needs to read and nothing more.</source>
        <translation>2. 그곳에서 액세스 토큰을 만드세요. 읽기 권한만 있으면 됩니다.</translation>
    </message>
    <message>
        <source>3-bit, small, weaker</source>
        <translation>3비트, 작지만 품질이 낮음</translation>
    </message>
    <message>
        <source>3. Enter it in Settings: it stays in the system's keyring and goes to huggingface.co alone.</source>
        <translation>3. 설정에 입력하세요. 토큰은 시스템 키링에 보관되고 huggingface.co에만 전송됩니다.</translation>
    </message>
    <message>
        <source>32-bit, the original</source>
        <translation>32비트, 원본</translation>
    </message>
    <message>
        <source>4-bit, good balance</source>
        <translation>4비트, 균형 잡힌 선택</translation>
    </message>
    <message>
        <source>5-bit, better, larger</source>
        <translation>5비트, 더 좋고 더 큼</translation>
    </message>
    <message>
        <source>6-bit, very close to the original</source>
        <translation>6비트, 원본에 매우 가까움</translation>
    </message>
    <message>
        <source>8 bits</source>
        <translation>8비트</translation>
    </message>
    <message>
        <source>8 bits take half the memory of a long conversation and are a little less exact. They need flash attention; GLM-4.7-Flash always keeps 16 bits.</source>
        <translation>8비트는 긴 대화의 메모리를 절반만 쓰지만 정밀도가 조금 낮습니다. 플래시 어텐션이 필요하며, GLM-4.7-Flash는 항상 16비트를 씁니다.</translation>
    </message>
    <message>
        <source>8-bit, nearly the original</source>
        <translation>8비트, 원본과 거의 같음</translation>
    </message>
    <message>
        <source>A file (PEM) with certificates to trust besides the system's, where a company's proxy needs one.</source>
        <translation>시스템 인증서 외에 신뢰할 인증서 파일(PEM)입니다. 회사 프록시에 필요할 때 지정하세요.</translation>
    </message>
    <message>
        <source>A model sees only a part of a long conversation. The messages themselves are always kept.</source>
        <translation>대화가 아주 길면 모델은 일부만 볼 수 있습니다. 메시지 자체는 항상 보관됩니다.</translation>
    </message>
    <message>
        <source>A summary of them is being written…</source>
        <translation>이 메시지들을 요약하는 중…</translation>
    </message>
    <message>
        <source>A token is kept.</source>
        <translation>토큰이 보관되어 있습니다.</translation>
    </message>
    <message>
        <source>A trimmed GLM-4.7-Flash: strong and quick, for 24 GB of memory</source>
        <translation>GLM-4.7-Flash를 줄인 모델: 강력하고 빠르며 메모리 24 GB에 알맞습니다</translation>
    </message>
    <message>
        <source>About and privacy</source>
        <translation>정보 및 개인정보</translation>
    </message>
    <message>
        <source>Above 0, what repeats a passage word for word becomes less likely; 0.8 is usual. 0 means off.</source>
        <translation>0보다 크면 앞의 구절을 그대로 되풀이할 가능성이 낮아집니다. 보통 0.8을 씁니다. 0이면 끕니다.</translation>
    </message>
    <message>
        <source>Above 0, words become less likely each time they are used. 0 means off.</source>
        <translation>0보다 크면 단어를 쓸 때마다 다시 나올 가능성이 낮아집니다. 0이면 끕니다.</translation>
    </message>
    <message>
        <source>Above 0, words that were just used become less likely, however often they were. 0 means off.</source>
        <translation>0보다 크면 방금 쓴 단어가 다시 나올 가능성이 횟수와 상관없이 낮아집니다. 0이면 끕니다.</translation>
    </message>
    <message>
        <source>Above 1, words that were just used become less likely. 1 means off.</source>
        <translation>1보다 크면 방금 쓴 단어가 다시 나올 가능성이 줄어듭니다. 1이면 꺼집니다.</translation>
    </message>
    <message>
        <source>Access token</source>
        <translation>액세스 토큰</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>폴더 추가…</translation>
    </message>
    <message>
        <source>Add the folder</source>
        <translation>폴더 추가</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>주소</translation>
    </message>
    <message>
        <source>Address and examples</source>
        <translation>주소와 예제</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>고급</translation>
    </message>
    <message>
        <source>All compute each layer</source>
        <translation>모든 카드가 함께 계산</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>모든 파일 (*)</translation>
    </message>
    <message>
        <source>An answer ends before these words and characters: one per line, and \n stands for a new line.</source>
        <translation>답변이 이 단어나 문자 앞에서 끝납니다. 한 줄에 하나씩 쓰세요. \n은 줄바꿈을 뜻합니다.</translation>
    </message>
    <message>
        <source>Another program holds the file with your conversations. Close it, then try again.</source>
        <translation>다른 프로그램이 대화 파일을 사용하고 있습니다. 그 프로그램을 닫고 다시 시도하세요.</translation>
    </message>
    <message>
        <source>Another window or command of this program is running. Close it, then move the models.</source>
        <translation>이 프로그램의 다른 창이나 명령이 실행 중입니다. 먼저 닫은 다음 모델을 옮기세요.</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>답변</translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation>다시 답하기</translation>
    </message>
    <message>
        <source>Answer: {text}</source>
        <translation>답변: {text}</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>답변</translation>
    </message>
    <message>
        <source>Anything larger is turned away.</source>
        <translation>이보다 큰 요청은 거절합니다.</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>모양</translation>
    </message>
    <message>
        <source>As many as possible</source>
        <translation>가능한 한 많이</translation>
    </message>
    <message>
        <source>As small, with finer weights: a little slower, a little more precise</source>
        <translation>크기는 비슷하고 가중치가 더 정밀합니다. 조금 느리고 조금 더 정확합니다</translation>
    </message>
    <message>
        <source>Asking for the files…</source>
        <translation>파일 목록을 가져오는 중…</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>자동</translation>
    </message>
    <message>
        <source>Back to the results</source>
        <translation>검색 결과로 돌아가기</translation>
    </message>
    <message>
        <source>Builds of ChatGLM2 in chatglm.cpp's format are rewritten after the download. The downloaded file then only takes space.</source>
        <translation>chatglm.cpp 형식의 ChatGLM2 파일은 내려받은 뒤 변환됩니다. 그 뒤 원본 파일은 공간만 차지합니다.</translation>
    </message>
    <message>
        <source>CPU, 1 thread</source>
        <translation>CPU, 스레드 1개</translation>
    </message>
    <message>
        <source>CPU, {n} threads</source>
        <translation>CPU, 스레드 {n}개</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Cancel loading</source>
        <translation>불러오기 취소</translation>
    </message>
    <message>
        <source>Cancel moving the models</source>
        <translation>모델 이동 취소</translation>
    </message>
    <message>
        <source>Certificates</source>
        <translation>인증서</translation>
    </message>
    <message>
        <source>Chat with a GLM model on this computer: offline, private, and free.</source>
        <translation>이 컴퓨터에서 GLM 모델과 대화하세요. 오프라인이고, 사적이며, 무료입니다.</translation>
    </message>
    <message>
        <source>ChatGLM Desktop</source>
        <translation>ChatGLM Desktop</translation>
    </message>
    <message>
        <source>ChatGLM's own programs expect 8000.</source>
        <translation>ChatGLM용 프로그램은 8000을 기대합니다.</translation>
    </message>
    <message>
        <source>ChatGLM-6B does not compute as it should with this build of the engine, so it is not offered here. All other models work.</source>
        <translation>이 엔진 빌드에서는 ChatGLM-6B가 올바르게 계산되지 않아 여기서는 제공하지 않습니다. 다른 모델은 모두 작동합니다.</translation>
    </message>
    <message>
        <source>Check the file</source>
        <translation>파일 검사</translation>
    </message>
    <message>
        <source>Checking what arrived</source>
        <translation>받은 내용 확인 중</translation>
    </message>
    <message>
        <source>Checking… {percent} %</source>
        <translation>검사 중… {percent} %</translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation>중국어</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>폴더 선택</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>모델 선택</translation>
    </message>
    <message>
        <source>Choose another…</source>
        <translation>다른 모델 고르기…</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>지우기</translation>
    </message>
    <message>
        <source>Clear the request log</source>
        <translation>요청 기록 지우기</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Compare Beijing and Shanghai in a table</source>
        <translation>베이징과 상하이를 표로 비교해 주세요</translation>
    </message>
    <message>
        <source>Computed at once</source>
        <translation>한 번에 계산</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>연결 수</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>컨텍스트</translation>
    </message>
    <message>
        <source>Context about {percent} % full: {n} of {of} tokens</source>
        <translation>컨텍스트 약 {percent} % 사용: {n} / {of}토큰</translation>
    </message>
    <message>
        <source>Context of {n} tokens</source>
        <translation>컨텍스트 {n}토큰</translation>
    </message>
    <message>
        <source>Context of {n} tokens in {bits} bits</source>
        <translation>컨텍스트 {n}토큰, {bits}비트</translation>
    </message>
    <message>
        <source>Context {percent} % full: {n} of {of} tokens</source>
        <translation>컨텍스트 {percent} % 사용: {n} / {of}토큰</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>대화</translation>
    </message>
    <message>
        <source>Conversation deleted</source>
        <translation>대화를 삭제했습니다</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>대화</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>복사했습니다.</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>복사</translation>
    </message>
    <message>
        <source>Copy code</source>
        <translation>코드 복사</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>링크 복사</translation>
    </message>
    <message>
        <source>Copy message</source>
        <translation>메시지 복사</translation>
    </message>
    <message>
        <source>Copy the key</source>
        <translation>키 복사</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>어둡게</translation>
    </message>
    <message>
        <source>Default, or the address below</source>
        <translation>기본값 또는 아래 주소</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>삭제</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>완료</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>내려받기</translation>
    </message>
    <message>
        <source>Download {name}</source>
        <translation>{name} 내려받기</translation>
    </message>
    <message>
        <source>Download {name} first</source>
        <translation>{name} 먼저 내려받기</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>내려받는 중</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>내려받기</translation>
    </message>
    <message>
        <source>Downloads at a time</source>
        <translation>동시 내려받기 수</translation>
    </message>
    <message>
        <source>Each has some of the layers</source>
        <translation>레이어를 나누어 가짐</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>엔진</translation>
    </message>
    <message>
        <source>Engine settings</source>
        <translation>엔진 설정</translation>
    </message>
    <message>
        <source>English</source>
        <translation>영어</translation>
    </message>
    <message>
        <source>Enter a token</source>
        <translation>토큰 입력</translation>
    </message>
    <message>
        <source>Everything stays on this computer.</source>
        <translation>모든 것이 이 컴퓨터에 남습니다.</translation>
    </message>
    <message>
        <source>Example code</source>
        <translation>예제 코드</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>예제</translation>
    </message>
    <message>
        <source>Explain to a ten-year-old how a rainbow forms</source>
        <translation>무지개가 생기는 원리를 열 살 아이에게 설명해 주세요</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>실패</translation>
    </message>
    <message>
        <source>First word after</source>
        <translation>첫 단어까지</translation>
    </message>
    <message>
        <source>Fits if you close other programs.</source>
        <translation>다른 프로그램을 닫으면 실행할 수 있습니다.</translation>
    </message>
    <message>
        <source>Fits in memory</source>
        <translation>메모리에 들어갑니다</translation>
    </message>
    <message>
        <source>Fits into the free memory of this computer.</source>
        <translation>이 컴퓨터의 남은 메모리에 들어갑니다.</translation>
    </message>
    <message>
        <source>Fits on the graphics card</source>
        <translation>그래픽 카드에 들어갑니다</translation>
    </message>
    <message>
        <source>Fits, {n} of {count} layers on the graphics card</source>
        <translation>들어갑니다. 레이어 {count}개 중 {n}개가 그래픽 카드에서 실행됩니다</translation>
    </message>
    <message>
        <source>Flash attention</source>
        <translation>플래시 어텐션</translation>
    </message>
    <message>
        <source>Folders of models</source>
        <translation>모델 폴더</translation>
    </message>
    <message>
        <source>Folders…</source>
        <translation>폴더…</translation>
    </message>
    <message>
        <source>For a context of {n} tokens</source>
        <translation>컨텍스트 {n}토큰 기준</translation>
    </message>
    <message>
        <source>For downloads only, such as http://127.0.0.1:7890 or socks5://127.0.0.1:1080. Empty means the system's settings; direct means none.</source>
        <translation>내려받기에만 사용합니다. 예: http://127.0.0.1:7890 또는 socks5://127.0.0.1:1080. 비워 두면 시스템 설정을 따르고, direct를 입력하면 사용하지 않습니다.</translation>
    </message>
    <message>
        <source>For each large file. More can be faster where a source limits every single one.</source>
        <translation>큰 파일마다 사용하는 연결 수입니다. 연결마다 속도를 제한하는 곳에서는 많을수록 빠를 수 있습니다.</translation>
    </message>
    <message>
        <source>For example</source>
        <translation>예</translation>
    </message>
    <message>
        <source>For programming: explains, writes and repairs code</source>
        <translation>프로그래밍용: 코드를 설명하고 쓰고 고칩니다</translation>
    </message>
    <message>
        <source>For repositories that ask for an account. It is kept in the system's keyring, goes to huggingface.co alone, and never to a mirror.</source>
        <translation>계정이 필요한 저장소에 사용합니다. 시스템 키링에 보관되고 huggingface.co에만 전송되며, 미러에는 절대 전송되지 않습니다.</translation>
    </message>
    <message>
        <source>For workstations with a great deal of memory</source>
        <translation>메모리가 아주 큰 워크스테이션용</translation>
    </message>
    <message>
        <source>Forget it</source>
        <translation>토큰 삭제</translation>
    </message>
    <message>
        <source>Forget the access token</source>
        <translation>액세스 토큰 삭제</translation>
    </message>
    <message>
        <source>Found elsewhere on this computer</source>
        <translation>이 컴퓨터의 다른 곳에서 찾음</translation>
    </message>
    <message>
        <source>Free memory</source>
        <translation>여유 메모리</translation>
    </message>
    <message>
        <source>Free on the graphics card</source>
        <translation>그래픽 카드의 여유 메모리</translation>
    </message>
    <message>
        <source>French</source>
        <translation>프랑스어</translation>
    </message>
    <message>
        <source>Frequency penalty</source>
        <translation>빈도 페널티</translation>
    </message>
    <message>
        <source>GPU layers</source>
        <translation>GPU 레이어</translation>
    </message>
    <message>
        <source>German</source>
        <translation>독일어</translation>
    </message>
    <message>
        <source>Give memory back</source>
        <translation>메모리 돌려주기</translation>
    </message>
    <message>
        <source>Good answers in many languages, and long documents</source>
        <translation>여러 언어로 잘 답하고 긴 문서도 다룹니다</translation>
    </message>
    <message>
        <source>Hide the list ({keys})</source>
        <translation>목록 숨기기({keys})</translation>
    </message>
    <message>
        <source>How many layers of the model run on the graphics card; 0 means none. Applies when a model is loaded.</source>
        <translation>그래픽 카드에서 실행할 모델 레이어 수입니다. 0이면 쓰지 않습니다. 모델을 불러올 때 적용됩니다.</translation>
    </message>
    <message>
        <source>How many of these tokens are computed together. More can be faster on a graphics card and takes more memory; if answers are gibberish on an old card, try 32.</source>
        <translation>그중 함께 계산할 토큰 수입니다. 그래픽 카드에서는 많을수록 빠를 수 있지만 메모리를 더 씁니다. 오래된 카드에서 답변이 깨지면 32로 해 보세요.</translation>
    </message>
    <message>
        <source>How many tokens of a question are read in one step at most.</source>
        <translation>질문을 읽을 때 한 번에 읽는 최대 토큰 수입니다.</translation>
    </message>
    <message>
        <source>How much of a conversation the model sees at a time. A token is about three quarters of a word. More needs more memory. Applies when a model is loaded.</source>
        <translation>모델이 한 번에 볼 수 있는 대화의 길이입니다. 토큰 하나는 한글 한두 글자 정도입니다. 길수록 메모리가 더 필요합니다. 모델을 불러올 때 적용됩니다.</translation>
    </message>
    <message>
        <source>How much of a conversation the model sees: 4K tokens are about 3,000 English words. More needs more memory.</source>
        <translation>모델이 볼 수 있는 대화의 길이입니다. 4K 토큰은 영어 단어 약 3,000개입니다. 길수록 메모리가 더 필요합니다.</translation>
    </message>
    <message>
        <source>How they share a model.</source>
        <translation>여러 카드가 모델을 나누는 방법입니다.</translation>
    </message>
    <message>
        <source>Import a file I have…</source>
        <translation>가지고 있는 파일 가져오기…</translation>
    </message>
    <message>
        <source>Import a file…</source>
        <translation>파일 가져오기…</translation>
    </message>
    <message>
        <source>Import a model</source>
        <translation>모델 가져오기</translation>
    </message>
    <message>
        <source>Import “{name}”</source>
        <translation>“{name}” 가져오기</translation>
    </message>
    <message>
        <source>In all</source>
        <translation>합계</translation>
    </message>
    <message>
        <source>In tokens; a longer thought is ended, and the answer begins.</source>
        <translation>토큰 단위입니다. 생각이 더 길어지면 끝내고 답변을 시작합니다.</translation>
    </message>
    <message>
        <source>In tokens; the answer ends there. A token is about three quarters of a word, or one Chinese character.</source>
        <translation>토큰 단위이며 답변이 여기서 끝납니다. 토큰 하나는 한글 한두 글자나 영어 단어의 4분의 3 정도입니다.</translation>
    </message>
    <message>
        <source>It does not say which licence it has: look at its page before you use it.</source>
        <translation>라이선스가 표시되어 있지 않습니다. 사용하기 전에 해당 페이지를 확인하세요.</translation>
    </message>
    <message>
        <source>It has a licence of its own: read it on its page before you use it.</source>
        <translation>자체 라이선스를 사용합니다. 사용하기 전에 해당 페이지에서 읽어 보세요.</translation>
    </message>
    <message>
        <source>It lies in the trash; emptying that frees {size}.</source>
        <translation>휴지통으로 옮겼습니다. 휴지통을 비우면 {size}가 확보됩니다.</translation>
    </message>
    <message>
        <source>It sees a summary of the first one</source>
        <translation>첫 번째는 요약을 봅니다</translation>
    </message>
    <message>
        <source>It sees a summary of the first {n}</source>
        <translation>처음 {n}개는 요약을 봅니다</translation>
    </message>
    <message>
        <source>It sees this summary instead</source>
        <translation>대신 이 요약을 봅니다</translation>
    </message>
    <message>
        <source>It would be read from the disk again and again. Close other programs, choose a smaller context, or a smaller build.</source>
        <translation>실행하는 동안 디스크를 계속 읽게 됩니다. 다른 프로그램을 닫거나, 컨텍스트를 줄이거나, 더 작은 빌드를 선택하세요.</translation>
    </message>
    <message>
        <source>Its owner lets in only who accepted the terms</source>
        <translation>약관에 동의해야 받을 수 있습니다</translation>
    </message>
    <message>
        <source>Japanese</source>
        <translation>일본어</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>보관</translation>
    </message>
    <message>
        <source>Keep the access token</source>
        <translation>액세스 토큰 보관</translation>
    </message>
    <message>
        <source>Keep what programs ask</source>
        <translation>프로그램의 대화 보관</translation>
    </message>
    <message>
        <source>Keep what was read</source>
        <translation>읽은 내용 보관</translation>
    </message>
    <message>
        <source>Keeps answers equally surprising from beginning to end, in place of Top P, Top K, Min P and Typical P.</source>
        <translation>Top P, Top K, Min P, Typical P 대신 답변의 의외성을 처음부터 끝까지 고르게 유지합니다.</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>키</translation>
    </message>
    <message>
        <source>Key {dots}</source>
        <translation>키 {dots}</translation>
    </message>
    <message>
        <source>Korean</source>
        <translation>한국어</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>언어</translation>
    </message>
    <message>
        <source>Largest request</source>
        <translation>요청의 최대 크기</translation>
    </message>
    <message>
        <source>Leave out the oldest</source>
        <translation>가장 오래된 메시지 빼기</translation>
    </message>
    <message>
        <source>Leave out the oldest this time</source>
        <translation>이번에는 오래된 메시지 빼기</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>제외</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>밝게</translation>
    </message>
    <message>
        <source>Light or dark.</source>
        <translation>밝게 또는 어둡게.</translation>
    </message>
    <message>
        <source>Light, and noticeably better than the smallest</source>
        <translation>가볍고, 가장 작은 모델보다 눈에 띄게 낫습니다</translation>
    </message>
    <message>
        <source>Load it again</source>
        <translation>다시 불러오기</translation>
    </message>
    <message>
        <source>Loaded</source>
        <translation>불러옴</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>모델을 불러오는 중</translation>
    </message>
    <message>
        <source>Loading was cancelled.</source>
        <translation>불러오기를 취소했습니다.</translation>
    </message>
    <message>
        <source>Loading {name}… {percent} %</source>
        <translation>{name} 불러오는 중… {percent} %</translation>
    </message>
    <message>
        <source>Loading… {percent} %</source>
        <translation>불러오는 중… {percent} %</translation>
    </message>
    <message>
        <source>Local server</source>
        <translation>로컬 서버</translation>
    </message>
    <message>
        <source>Local server at {address}</source>
        <translation>로컬 서버, 주소 {address}</translation>
    </message>
    <message>
        <source>Lock in memory</source>
        <translation>메모리에 고정</translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation>최대 답변 길이</translation>
    </message>
    <message>
        <source>Longest thought</source>
        <translation>최대 생각 길이</translation>
    </message>
    <message>
        <source>Looking at this computer…</source>
        <translation>이 컴퓨터를 살펴보는 중…</translation>
    </message>
    <message>
        <source>Low values give steady answers, high ones surprising answers. 0 always takes the likeliest word.</source>
        <translation>값이 낮으면 답변이 안정적이고, 높으면 뜻밖의 답변이 나옵니다. 0이면 항상 가장 가능성 높은 단어를 고릅니다.</translation>
    </message>
    <message>
        <source>Main graphics card</source>
        <translation>주 그래픽 카드</translation>
    </message>
    <message>
        <source>Make a key</source>
        <translation>키 만들기</translation>
    </message>
    <message>
        <source>Map the file into memory</source>
        <translation>파일을 메모리에 매핑</translation>
    </message>
    <message>
        <source>Maximum</source>
        <translation>최대</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>측정</translation>
    </message>
    <message>
        <source>Measure again</source>
        <translation>다시 측정</translation>
    </message>
    <message>
        <source>Measured: the usual settings are the fastest on this computer.</source>
        <translation>측정함: 이 컴퓨터에서는 기본 설정이 가장 빠릅니다.</translation>
    </message>
    <message>
        <source>Measured: with other settings, an ordinary question would be answered {n} % sooner on this computer. They count when the model is loaded next.</source>
        <translation>측정함: 다른 설정을 쓰면 이 컴퓨터에서 보통 질문의 답변이 {n}% 빨라집니다. 다음에 모델을 불러올 때 적용됩니다.</translation>
    </message>
    <message>
        <source>Measured: with the settings found, an ordinary question is answered {n} % sooner on this computer.</source>
        <translation>측정함: 찾은 설정으로 이 컴퓨터에서 보통 질문의 답변이 {n}% 빨라집니다.</translation>
    </message>
    <message>
        <source>Measuring was stopped by something more important.</source>
        <translation>더 중요한 작업이 있어 측정을 멈췄습니다.</translation>
    </message>
    <message>
        <source>Measuring…</source>
        <translation>측정하는 중…</translation>
    </message>
    <message>
        <source>Memory of the conversation</source>
        <translation>대화 저장 정밀도</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>메시지</translation>
    </message>
    <message>
        <source>Min P</source>
        <translation>Min P(최소 확률)</translation>
    </message>
    <message>
        <source>Mirostat</source>
        <translation>Mirostat(의외성 유지)</translation>
    </message>
    <message>
        <source>Mode: {mode}</source>
        <translation>모드: {mode}</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Models (*.gguf *.bin)</source>
        <translation>모델 (*.gguf *.bin)</translation>
    </message>
    <message>
        <source>Models in these folders are listed and used in place. The program never changes anything there.</source>
        <translation>이 폴더에 있는 모델은 목록에 표시되며 그 자리에서 사용됩니다. 프로그램은 폴더의 내용을 바꾸지 않습니다.</translation>
    </message>
    <message>
        <source>Models in this folder are listed and used in place. The program never changes anything there.</source>
        <translation>이 폴더에 있는 모델은 목록에 표시되며 그 자리에서 사용됩니다. 프로그램은 폴더의 내용을 바꾸지 않습니다.</translation>
    </message>
    <message>
        <source>Models outside the GLM family may not work as well here.</source>
        <translation>GLM 계열이 아닌 모델은 여기서 잘 작동하지 않을 수 있습니다.</translation>
    </message>
    <message>
        <source>More about answers</source>
        <translation>답변에 대한 추가 설정</translation>
    </message>
    <message>
        <source>More for {name}</source>
        <translation>{name} 추가 작업</translation>
    </message>
    <message>
        <source>Move the models to another folder</source>
        <translation>모델을 다른 폴더로 옮기기</translation>
    </message>
    <message>
        <source>Move…</source>
        <translation>옮기기…</translation>
    </message>
    <message>
        <source>Moving the models</source>
        <translation>모델 옮기는 중</translation>
    </message>
    <message>
        <source>Moving the models…</source>
        <translation>모델을 옮기는 중…</translation>
    </message>
    <message>
        <source>Moving the models… {done} of {total}</source>
        <translation>모델을 옮기는 중… {total} 중 {done}</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>이름</translation>
    </message>
    <message>
        <source>Name of a GLM model</source>
        <translation>GLM 모델 이름</translation>
    </message>
    <message>
        <source>Name of a model</source>
        <translation>모델 이름</translation>
    </message>
    <message>
        <source>Needs more disk space</source>
        <translation>디스크 공간 부족</translation>
    </message>
    <message>
        <source>Network settings</source>
        <translation>네트워크 설정</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>안 함</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>새 대화</translation>
    </message>
    <message>
        <source>New chat with this question</source>
        <translation>이 질문으로 새 대화</translation>
    </message>
    <message>
        <source>New key</source>
        <translation>새 키</translation>
    </message>
    <message>
        <source>No GLM model was found for “{text}”. Try fewer words, or switch on “Show every model”.</source>
        <translation>“{text}”에 맞는 GLM 모델을 찾지 못했습니다. 검색어를 줄이거나 “모든 모델 보기”를 켜세요.</translation>
    </message>
    <message>
        <source>No answer can follow this grammar or JSON schema: {reason}.</source>
        <translation>어떤 답변도 이 문법이나 JSON 스키마를 따를 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>모델 없음</translation>
    </message>
    <message>
        <source>No model is ready. Download one, or import a file you have.</source>
        <translation>준비된 모델이 없습니다. 하나를 내려받거나 가지고 있는 파일을 가져오세요.</translation>
    </message>
    <message>
        <source>No model yet. Choose one under “Recommended”, or drop a .gguf file on this window.</source>
        <translation>아직 모델이 없습니다. “추천”에서 하나를 고르거나 .gguf 파일을 이 창에 끌어다 놓으세요.</translation>
    </message>
    <message>
        <source>No token is kept.</source>
        <translation>보관된 토큰이 없습니다.</translation>
    </message>
    <message>
        <source>Nobody has asked anything yet.</source>
        <translation>아직 아무도 질문하지 않았습니다.</translation>
    </message>
    <message>
        <source>None</source>
        <translation>없음</translation>
    </message>
    <message>
        <source>None at all</source>
        <translation>전혀 없음</translation>
    </message>
    <message>
        <source>None: every program on this computer may ask.</source>
        <translation>키 없음: 이 컴퓨터의 모든 프로그램이 질문할 수 있습니다.</translation>
    </message>
    <message>
        <source>Not enough free graphics memory for more: all layers need {needed}, and {free} is free.</source>
        <translation>그래픽 메모리가 부족해 더 올릴 수 없습니다. 전체에 {needed}가 필요하고, 남은 용량은 {free}입니다.</translation>
    </message>
    <message>
        <source>Not loaded</source>
        <translation>불러오지 않음</translation>
    </message>
    <message>
        <source>Not measured yet, so the usual settings are used.</source>
        <translation>아직 측정하지 않아 기본 설정을 씁니다.</translation>
    </message>
    <message>
        <source>Not there now. Its models come back with it.</source>
        <translation>지금은 없습니다. 다시 연결하면 모델도 돌아옵니다.</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>보관 안 함</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>찾은 것이 없습니다</translation>
    </message>
    <message>
        <source>Nothing was found for “{text}”. Try fewer or other words.</source>
        <translation>“{text}”에 맞는 모델을 찾지 못했습니다. 검색어를 줄이거나 바꿔 보세요.</translation>
    </message>
    <message>
        <source>Nothing was found.</source>
        <translation>찾은 것이 없습니다.</translation>
    </message>
    <message>
        <source>Of all downloads together.</source>
        <translation>모든 내려받기를 합한 속도입니다.</translation>
    </message>
    <message>
        <source>Of another hub or mirror that speaks Hugging Face's language, or folder:PATH for a folder or a USB stick.</source>
        <translation>Hugging Face와 호환되는 다른 허브나 미러의 주소입니다. 폴더나 USB 메모리는 folder:경로 형식으로 입력하세요.</translation>
    </message>
    <message>
        <source>Of menus and messages. The model answers in the language you write.</source>
        <translation>메뉴와 메시지의 언어입니다. 모델은 여러분이 쓰는 언어로 답합니다.</translation>
    </message>
    <message>
        <source>Of questions and answers.</source>
        <translation>질문과 답변의 글자 크기입니다.</translation>
    </message>
    <message>
        <source>Of the first generation: it reads the whole conversation again for each question, and gives one answer at a time. It cannot follow a grammar or a JSON schema, nor call functions.</source>
        <translation>1세대 모델입니다. 질문마다 대화 전체를 다시 읽고, 한 번에 하나씩만 답합니다. 문법이나 JSON 스키마를 따르거나 함수를 호출할 수 없습니다.</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>끔</translation>
    </message>
    <message>
        <source>Off: as for all models</source>
        <translation>끄면 모든 모델과 같습니다</translation>
    </message>
    <message>
        <source>Off: the model answers at once, in every conversation. Some models cannot do without thinking.</source>
        <translation>끄면 모델이 모든 대화에서 바로 답합니다. 생각을 끌 수 없는 모델도 있습니다.</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>오프라인</translation>
    </message>
    <message>
        <source>On</source>
        <translation>켬</translation>
    </message>
    <message>
        <source>On disk: conversations go on at once after a switch or a restart, without being read again. Deleted with the conversation.</source>
        <translation>디스크에 보관합니다. 대화를 바꾸거나 프로그램을 다시 시작해도 다시 읽지 않고 바로 이어 갑니다. 대화를 삭제하면 함께 삭제됩니다.</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>이 컴퓨터에 있음</translation>
    </message>
    <message>
        <source>One card has everything</source>
        <translation>카드 하나에 모두</translation>
    </message>
    <message>
        <source>Only programs on this computer can reach it.</source>
        <translation>이 컴퓨터의 프로그램만 접근할 수 있습니다.</translation>
    </message>
    <message>
        <source>Only the likeliest words that together reach this probability are considered. 1 considers all.</source>
        <translation>확률의 합이 이 값에 이르는 상위 단어만 고려합니다. 1이면 모두 고려합니다.</translation>
    </message>
    <message>
        <source>Only this many of the likeliest words are considered.</source>
        <translation>가장 가능성 높은 단어를 이 개수만큼만 고려합니다.</translation>
    </message>
    <message>
        <source>Only words about as surprising as usual are considered, up to this probability together. 1 means off.</source>
        <translation>의외성이 평균에 가까운 단어만, 확률의 합이 이 값에 이를 때까지 고려합니다. 1이면 끕니다.</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>폴더 열기</translation>
    </message>
    <message>
        <source>Open its page</source>
        <translation>페이지 열기</translation>
    </message>
    <message>
        <source>Open link</source>
        <translation>링크 열기</translation>
    </message>
    <message>
        <source>Open the data folder</source>
        <translation>데이터 폴더 열기</translation>
    </message>
    <message>
        <source>Other computers can reach it with the key.</source>
        <translation>다른 컴퓨터도 키가 있으면 접근할 수 있습니다.</translation>
    </message>
    <message>
        <source>Other computers could reach the server at {host}, so it needs a key: set one, or use 127.0.0.1.</source>
        <translation>다른 컴퓨터가 {host}의 서버에 접근할 수 있으므로 키가 필요합니다. 키를 정하거나 127.0.0.1을 사용하세요.</translation>
    </message>
    <message>
        <source>Other computers may use it</source>
        <translation>다른 컴퓨터에서도 사용</translation>
    </message>
    <message>
        <source>Other programs are using the processor now. Measure again when the computer has little to do.</source>
        <translation>지금 다른 프로그램이 프로세서를 쓰고 있습니다. 컴퓨터가 한가할 때 다시 측정해 주세요.</translation>
    </message>
    <message>
        <source>Other programs hold these. They can be used where they lie, without a second copy.</source>
        <translation>다른 프로그램에 있는 모델입니다. 복사하지 않고 그 자리에서 사용할 수 있습니다.</translation>
    </message>
    <message>
        <source>Other programs on this computer hold models you can use: {n}.</source>
        <translation>이 컴퓨터의 다른 프로그램에 사용할 수 있는 모델이 {n}개 있습니다.</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>일시 정지</translation>
    </message>
    <message>
        <source>Pause all</source>
        <translation>모두 일시 정지</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>일시 정지됨</translation>
    </message>
    <message>
        <source>Paused. The same command continues the download.</source>
        <translation>일시 정지했습니다. 같은 명령을 다시 실행하면 이어서 내려받습니다.</translation>
    </message>
    <message>
        <source>Plain answers for LangChain's ChatGLM3</source>
        <translation>LangChain ChatGLM3에 한 번에 답하기</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>포트</translation>
    </message>
    <message>
        <source>Port {port} is used by another program. Choose another one.</source>
        <translation>다른 프로그램이 포트 {port}을(를) 사용하고 있습니다. 다른 포트를 고르세요.</translation>
    </message>
    <message>
        <source>Port {port} is used by another program. Port {next} is free.</source>
        <translation>다른 프로그램이 포트 {port}을(를) 사용하고 있습니다. 포트 {next}은(는) 비어 있습니다.</translation>
    </message>
    <message>
        <source>Presence penalty</source>
        <translation>존재 페널티</translation>
    </message>
    <message>
        <source>Previous 7 days</source>
        <translation>지난 7일</translation>
    </message>
    <message>
        <source>Processor threads of the engine. Applies when a model is loaded.</source>
        <translation>엔진이 쓸 프로세서 스레드 수입니다. 모델을 불러올 때 적용됩니다.</translation>
    </message>
    <message>
        <source>Programs must send it as their API key.</source>
        <translation>프로그램은 이 값을 API 키로 보내야 합니다.</translation>
    </message>
    <message>
        <source>Programs on this computer can ask the model, as they would ask ChatGLM's or OpenAI's. Starts with the program.</source>
        <translation>이 컴퓨터의 프로그램이 ChatGLM이나 OpenAI에 묻듯이 모델에 물을 수 있습니다. 이 프로그램과 함께 시작됩니다.</translation>
    </message>
    <message>
        <source>Programs that were written for ChatGLM or for OpenAI's services can ask the model on this computer.</source>
        <translation>ChatGLM이나 OpenAI 서비스용으로 만든 프로그램이 이 컴퓨터의 모델에 물을 수 있습니다.</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>프록시</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>읽음</translation>
    </message>
    <message>
        <source>Read it</source>
        <translation>읽어 보기</translation>
    </message>
    <message>
        <source>Read the licence of {name}</source>
        <translation>{name} 라이선스 읽기</translation>
    </message>
    <message>
        <source>Read while you type</source>
        <translation>입력하는 동안 읽기</translation>
    </message>
    <message>
        <source>Reading step</source>
        <translation>읽기 단위</translation>
    </message>
    <message>
        <source>Reading the model's description to see whether it fits…</source>
        <translation>모델 정보를 읽어 들어가는지 확인하는 중…</translation>
    </message>
    <message>
        <source>Reading the question… {n} %</source>
        <translation>질문을 읽는 중… {n} %</translation>
    </message>
    <message>
        <source>Reading “{name}”… {percent} %</source>
        <translation>“{name}” 읽는 중… {percent} %</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>추천</translation>
    </message>
    <message>
        <source>Recommended for this computer</source>
        <translation>이 컴퓨터에 추천</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>제거</translation>
    </message>
    <message>
        <source>Remove originals</source>
        <translation>원본 삭제</translation>
    </message>
    <message>
        <source>Remove the key</source>
        <translation>키 삭제</translation>
    </message>
    <message>
        <source>Remove “{name}”?</source>
        <translation>“{name}” 모델을 제거할까요?</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>제거…</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>이름 바꾸기</translation>
    </message>
    <message>
        <source>Rename “{name}”</source>
        <translation>“{name}” 이름 바꾸기</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>이름 바꾸기…</translation>
    </message>
    <message>
        <source>Repeated passages (DRY)</source>
        <translation>반복 구절(DRY)</translation>
    </message>
    <message>
        <source>Repetition penalty</source>
        <translation>반복 억제</translation>
    </message>
    <message>
        <source>Requests</source>
        <translation>요청</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>계속</translation>
    </message>
    <message>
        <source>Resume all</source>
        <translation>모두 다시 시작</translation>
    </message>
    <message>
        <source>Reused</source>
        <translation>재사용</translation>
    </message>
    <message>
        <source>Rewriting as GGUF</source>
        <translation>GGUF로 변환하는 중</translation>
    </message>
    <message>
        <source>Runs at {address}</source>
        <translation>{address}에서 실행 중입니다</translation>
    </message>
    <message>
        <source>Russian</source>
        <translation>러시아어</translation>
    </message>
    <message>
        <source>Safe mode: the engine crashed on the graphics card before.</source>
        <translation>안전 모드: 이전에 엔진이 그래픽 카드에서 중단된 적이 있습니다.</translation>
    </message>
    <message>
        <source>Same as the system</source>
        <translation>시스템 설정 따르기</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>저장</translation>
    </message>
    <message>
        <source>Saved. What concerns the engine applies when the model is loaded again.</source>
        <translation>저장했습니다. 엔진 설정은 모델을 다시 불러오면 적용됩니다.</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>검색</translation>
    </message>
    <message>
        <source>Search conversations</source>
        <translation>대화 검색</translation>
    </message>
    <message>
        <source>Search for {name}</source>
        <translation>{name} 검색</translation>
    </message>
    <message>
        <source>Search the hub</source>
        <translation>허브 검색</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>검색하는 중…</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>모두 선택</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>보내기</translation>
    </message>
    <message>
        <source>Server stopped</source>
        <translation>서버가 실행되지 않음</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>설정</translation>
    </message>
    <message>
        <source>Settings of {name}</source>
        <translation>{name} 설정</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>설정…</translation>
    </message>
    <message>
        <source>Several graphics cards</source>
        <translation>여러 그래픽 카드</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>Show all {n}</source>
        <translation>{n}개 모두 보기</translation>
    </message>
    <message>
        <source>Show all {n} characters</source>
        <translation>전체 {n}자 보기</translation>
    </message>
    <message>
        <source>Show builds</source>
        <translation>빌드 보기</translation>
    </message>
    <message>
        <source>Show every model, not only the GLM family</source>
        <translation>GLM 계열뿐 아니라 모든 모델 보기</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>폴더에서 보기</translation>
    </message>
    <message>
        <source>Show models</source>
        <translation>모델 보기</translation>
    </message>
    <message>
        <source>Show the builds of {name}</source>
        <translation>{name} 빌드 보기</translation>
    </message>
    <message>
        <source>Show the download of {name}</source>
        <translation>{name} 내려받기 보기</translation>
    </message>
    <message>
        <source>Show the list ({keys})</source>
        <translation>목록 보이기({keys})</translation>
    </message>
    <message>
        <source>Shows questions and answers there. Only in memory, until the program ends.</source>
        <translation>기록에 질문과 답변을 표시합니다. 메모리에만 두며 프로그램이 끝나면 사라집니다.</translation>
    </message>
    <message>
        <source>Slow: does not fit in memory</source>
        <translation>느림: 메모리에 들어가지 않습니다</translation>
    </message>
    <message>
        <source>Small and quick, for simple questions on modest computers</source>
        <translation>작고 빠릅니다. 사양이 높지 않은 컴퓨터와 간단한 질문에 알맞습니다</translation>
    </message>
    <message>
        <source>Something went wrong ({code}).</source>
        <translation>문제가 생겼습니다({code}).</translation>
    </message>
    <message>
        <source>Something went wrong in the program itself. A report was written to {path}.</source>
        <translation>프로그램 자체에 문제가 생겼습니다. 보고서를 {path}에 썼습니다.</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>출처</translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation>스페인어</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>속도</translation>
    </message>
    <message>
        <source>Speed limit</source>
        <translation>속도 제한</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>다시 시작</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>멈추기</translation>
    </message>
    <message>
        <source>Stop and ask</source>
        <translation>멈추고 묻기</translation>
    </message>
    <message>
        <source>Stop at</source>
        <translation>중단 문구</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>멈춤</translation>
    </message>
    <message>
        <source>Strong at everything, thinks first, and quick for its size</source>
        <translation>두루 뛰어나고 먼저 생각한 뒤 답하며, 크기에 비해 빠릅니다</translation>
    </message>
    <message>
        <source>Summarise the oldest</source>
        <translation>가장 오래된 메시지 요약</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>요약</translation>
    </message>
    <message>
        <source>Switch it on, and programs can ask the model.</source>
        <translation>켜면 프로그램이 모델에 물을 수 있습니다.</translation>
    </message>
    <message>
        <source>Switch off</source>
        <translation>끄기</translation>
    </message>
    <message>
        <source>Switch on</source>
        <translation>켜기</translation>
    </message>
    <message>
        <source>Switch the network on</source>
        <translation>네트워크 켜기</translation>
    </message>
    <message>
        <source>System</source>
        <translation>시스템</translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation>시스템 프롬프트</translation>
    </message>
    <message>
        <source>Take {folder} off the list</source>
        <translation>목록에서 {folder} 빼기</translation>
    </message>
    <message>
        <source>Takes less memory and is mostly faster. Automatic: wherever the model and the device can.</source>
        <translation>메모리를 덜 쓰고 대체로 더 빠릅니다. 자동: 모델과 장치가 지원하면 사용합니다.</translation>
    </message>
    <message>
        <source>Tells the model how to behave. New conversations with this model begin with it.</source>
        <translation>모델이 어떻게 행동할지 알려 줍니다. 이 모델로 시작하는 새 대화에 적용됩니다.</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>온도</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>글자 크기</translation>
    </message>
    <message>
        <source>Texts in the request log</source>
        <translation>요청 기록에 글 표시</translation>
    </message>
    <message>
        <source>The answer reached its longest length.</source>
        <translation>답변이 최대 길이에 이르렀습니다.</translation>
    </message>
    <message>
        <source>The answer was interrupted. What was written so far is kept.</source>
        <translation>답변이 중단되었습니다. 지금까지 쓴 내용은 그대로 있습니다.</translation>
    </message>
    <message>
        <source>The best balance of quality and speed for most computers</source>
        <translation>대부분의 컴퓨터에서 품질과 속도의 균형이 가장 좋습니다</translation>
    </message>
    <message>
        <source>The classic ChatGLM for long documents</source>
        <translation>긴 문서를 위한 클래식 ChatGLM</translation>
    </message>
    <message>
        <source>The classic ChatGLM, compressed further for computers with less memory</source>
        <translation>메모리가 적은 컴퓨터를 위해 더 압축한 클래식 ChatGLM</translation>
    </message>
    <message>
        <source>The classic ChatGLM: solid everyday answers in Chinese and English</source>
        <translation>클래식 ChatGLM: 중국어와 영어로 일상 질문에 든든하게 답합니다</translation>
    </message>
    <message>
        <source>The conversation no longer fits into what the model sees. Nothing is lost, your question is kept.</source>
        <translation>대화가 모델이 볼 수 있는 범위를 넘었습니다. 잃은 것은 없고 질문도 보관되어 있습니다.</translation>
    </message>
    <message>
        <source>The conversation no longer fits: it has {tokens} tokens, and the model sees {context}, its answer included. Nothing is lost, your question is kept.</source>
        <translation>대화가 더 들어가지 않습니다. 모두 {tokens}토큰인데 모델은 답변을 포함해 {context}토큰까지 봅니다. 잃은 것은 없고 질문도 보관되어 있습니다.</translation>
    </message>
    <message>
        <source>The disk is full: {path} cannot grow. Make room, then try again.</source>
        <translation>디스크가 가득 찼습니다. {path}에 더 쓸 수 없습니다. 공간을 비우고 다시 시도하세요.</translation>
    </message>
    <message>
        <source>The disk is full: {path} needs {needed}, and {free} is free. Make room for it.</source>
        <translation>공간이 부족합니다: {path}에 {needed}이(가) 필요하지만 {free}만 남아 있습니다. 공간을 확보하세요.</translation>
    </message>
    <message>
        <source>The engine answers, but not what it should.</source>
        <translation>엔진이 답하지만 내용이 맞지 않습니다.</translation>
    </message>
    <message>
        <source>The engine cannot start: {reason}.</source>
        <translation>엔진을 시작할 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>The engine crashed on the graphics card, so it now runs on the processor only.</source>
        <translation>엔진이 그래픽 카드에서 비정상 종료되어 이제 프로세서에서만 실행합니다.</translation>
    </message>
    <message>
        <source>The engine crashed with its fastest settings on this computer, so it now runs in safe mode.</source>
        <translation>이 컴퓨터에서 가장 빠른 설정으로는 엔진이 비정상 종료되어 이제 안전 모드로 실행합니다.</translation>
    </message>
    <message>
        <source>The engine did not answer and was restarted. What was written so far is kept.</source>
        <translation>엔진이 응답하지 않아 다시 시작했습니다. 지금까지 쓴 내용은 그대로 있습니다.</translation>
    </message>
    <message>
        <source>The engine found no graphics card it can use.</source>
        <translation>엔진이 쓸 수 있는 그래픽 카드를 찾지 못했습니다.</translation>
    </message>
    <message>
        <source>The engine has {waiting} questions waiting already. Ask again when some of them are answered.</source>
        <translation>엔진에 이미 질문 {waiting}개가 기다리고 있습니다. 일부가 답변된 뒤에 다시 물어보세요.</translation>
    </message>
    <message>
        <source>The engine stopped unexpectedly ({signal}). What was written so far is kept.</source>
        <translation>엔진이 예기치 않게 멈췄습니다({signal}). 지금까지 쓴 내용은 그대로 있습니다.</translation>
    </message>
    <message>
        <source>The engine was ended from outside: the system does that when memory runs out. What was written so far is kept.</source>
        <translation>엔진이 외부에서 종료되었습니다. 메모리가 부족하면 시스템이 이렇게 합니다. 지금까지 쓴 내용은 그대로 있습니다.</translation>
    </message>
    <message>
        <source>The engine works.</source>
        <translation>엔진이 정상입니다.</translation>
    </message>
    <message>
        <source>The file ({size}) goes to the trash, or is deleted where there is no trash. Your conversations stay.</source>
        <translation>파일({size})을 휴지통으로 옮기고, 휴지통이 없으면 삭제합니다. 대화는 그대로 남습니다.</translation>
    </message>
    <message>
        <source>The file can stay where it is, or be copied into the program's own folder ({size}). A file that stays must not be moved or deleted.</source>
        <translation>파일을 있던 자리에서 쓰거나 프로그램 폴더로 복사할 수 있습니다({size}). 제자리에 둔 파일은 옮기거나 지우면 안 됩니다.</translation>
    </message>
    <message>
        <source>The file changed on the hub, so the download began again.</source>
        <translation>허브의 파일이 바뀌어 처음부터 다시 내려받습니다.</translation>
    </message>
    <message>
        <source>The file is damaged</source>
        <translation>파일이 손상되었습니다</translation>
    </message>
    <message>
        <source>The file is in chatglm.cpp's format and is rewritten as GGUF, which the engine reads.</source>
        <translation>chatglm.cpp 형식의 파일이라 엔진이 읽을 수 있는 GGUF로 변환합니다.</translation>
    </message>
    <message>
        <source>The file is no longer where it was</source>
        <translation>파일이 원래 자리에 없습니다</translation>
    </message>
    <message>
        <source>The file stays where it is: {path}</source>
        <translation>파일은 제자리에 남습니다: {path}</translation>
    </message>
    <message>
        <source>The file with your conversations is damaged. It was kept as {moved_to}, and a new one was begun.</source>
        <translation>대화 파일이 손상되었습니다. {moved_to}(으)로 보관하고 새 파일을 만들었습니다.</translation>
    </message>
    <message>
        <source>The graphics card had less room than it said, so fewer layers of the model run there.</source>
        <translation>그래픽 카드의 여유 공간이 알려진 것보다 적어, 더 적은 레이어만 그래픽 카드에서 실행됩니다.</translation>
    </message>
    <message>
        <source>The graphics card refused more layers.</source>
        <translation>그래픽 카드가 레이어를 더 받지 못했습니다.</translation>
    </message>
    <message>
        <source>The graphics card refused the model, so it runs on the processor. It is slower, the answers are the same.</source>
        <translation>그래픽 카드가 모델을 받지 못해 프로세서에서 실행합니다. 더 느리지만 답변은 같습니다.</translation>
    </message>
    <message>
        <source>The graphics driver crashes when it is asked for its cards. The processor is used; update the driver.</source>
        <translation>그래픽 카드를 확인할 때 그래픽 드라이버가 비정상 종료되어 프로세서로 실행합니다. 드라이버를 업데이트하세요.</translation>
    </message>
    <message>
        <source>The hub has a newer upload of this file than the list this program came with.</source>
        <translation>허브에 이 프로그램의 목록보다 새로운 파일이 올라와 있습니다.</translation>
    </message>
    <message>
        <source>The local server runs. Programs reach it at {address}.</source>
        <translation>로컬 서버가 실행 중입니다. 주소는 {address}입니다.</translation>
    </message>
    <message>
        <source>The message above is no longer seen by the model</source>
        <translation>모델은 위의 메시지를 더 이상 보지 않습니다</translation>
    </message>
    <message>
        <source>The model answers at once</source>
        <translation>모델이 바로 답합니다</translation>
    </message>
    <message>
        <source>The model reads your question before you send it, and the answer begins sooner. Not on a battery below 20 %.</source>
        <translation>보내기 전에 모델이 질문을 미리 읽어 답변이 더 빨리 시작됩니다. 배터리가 20 % 미만이면 하지 않습니다.</translation>
    </message>
    <message>
        <source>The model runs on the processor.</source>
        <translation>모델이 프로세서에서 실행됩니다.</translation>
    </message>
    <message>
        <source>The model sees {of} tokens at a time</source>
        <translation>모델은 한 번에 {of}토큰을 봅니다</translation>
    </message>
    <message>
        <source>The model starts sooner, and what is read can be given back at any time. Off: everything is read first.</source>
        <translation>모델이 더 빨리 시작되고, 읽은 내용은 언제든 시스템에 돌려줄 수 있습니다. 끄면 먼저 전부 읽습니다.</translation>
    </message>
    <message>
        <source>The model thinks before it answers: slower, often better</source>
        <translation>모델이 먼저 생각하고 답합니다. 느리지만 더 나을 때가 많습니다</translation>
    </message>
    <message>
        <source>The models are already in {path}. Choose another folder.</source>
        <translation>모델이 이미 {path}에 있습니다. 다른 폴더를 선택하세요.</translation>
    </message>
    <message>
        <source>The models are in {folder} now.</source>
        <translation>이제 모델은 {folder}에 있습니다.</translation>
    </message>
    <message>
        <source>The models are in {path} now.</source>
        <translation>모델이 이제 {path}에 있습니다.</translation>
    </message>
    <message>
        <source>The most thorough answers of its generation; slow without a graphics card</source>
        <translation>같은 세대에서 가장 꼼꼼하게 답합니다. 그래픽 카드가 없으면 느립니다</translation>
    </message>
    <message>
        <source>The name is yours alone; the file keeps its own.</source>
        <translation>표시되는 이름만 바뀌고 파일 이름은 그대로입니다.</translation>
    </message>
    <message>
        <source>The number of the card that has everything, or what cannot be shared. The first is 0.</source>
        <translation>모델 전체나 나눌 수 없는 부분을 맡는 카드의 번호입니다. 첫 번째가 0입니다.</translation>
    </message>
    <message>
        <source>The others wait in the queue.</source>
        <translation>나머지는 대기열에서 기다립니다.</translation>
    </message>
    <message>
        <source>The part that was already here turned out to be damaged, so the download began again.</source>
        <translation>이미 받은 부분이 손상되어 처음부터 다시 내려받습니다.</translation>
    </message>
    <message>
        <source>The program cannot start</source>
        <translation>프로그램을 시작할 수 없습니다</translation>
    </message>
    <message>
        <source>The program is offline. Switch Offline off in Settings to reach the network.</source>
        <translation>프로그램이 오프라인 상태입니다. 네트워크를 사용하려면 설정에서 오프라인을 끄세요.</translation>
    </message>
    <message>
        <source>The program sends nothing into the network. Downloads wait until you switch it off.</source>
        <translation>프로그램이 네트워크로 아무것도 보내지 않습니다. 이 옵션을 끌 때까지 내려받기가 기다립니다.</translation>
    </message>
    <message>
        <source>The program uses the network for one thing only: model searches and downloads that you start, at the source you chose. Your questions and the answers never leave this computer. Only if you let other computers use the local server do their questions and its answers travel through your network.</source>
        <translation>이 프로그램은 사용자가 시작한 모델 검색과 내려받기에만, 선택한 출처와 통신할 때만 네트워크를 사용합니다. 질문과 답변은 이 컴퓨터를 떠나지 않습니다. 다른 컴퓨터가 로컬 서버를 쓰도록 허용한 경우에만 그 질문과 답변이 내 네트워크를 지나갑니다.</translation>
    </message>
    <message>
        <source>The program's own</source>
        <translation>프로그램 폴더</translation>
    </message>
    <message>
        <source>The question is empty.</source>
        <translation>질문이 비어 있습니다.</translation>
    </message>
    <message>
        <source>The question is too long: {tokens} tokens, and the context holds {context}, the answer included. Shorten it, or raise the context in Settings.</source>
        <translation>질문이 너무 깁니다. {tokens}토큰인데 컨텍스트에는 답변을 포함해 {context}토큰까지 들어갑니다. 질문을 줄이거나 설정에서 컨텍스트를 늘리세요.</translation>
    </message>
    <message>
        <source>The same with finer weights: more precise, needs more memory</source>
        <translation>같은 모델에 더 정밀한 가중치: 더 정확하고 메모리가 더 필요합니다</translation>
    </message>
    <message>
        <source>The search sends your words to the source of models chosen in Settings, and nothing else.</source>
        <translation>검색할 때는 입력한 검색어만 설정에서 선택한 모델 출처로 전송됩니다.</translation>
    </message>
    <message>
        <source>The second ChatGLM with finer weights; rewritten as GGUF after the download</source>
        <translation>더 정밀한 가중치의 2세대 ChatGLM. 내려받은 뒤 GGUF로 변환합니다</translation>
    </message>
    <message>
        <source>The second ChatGLM, as it was in 2023; rewritten as GGUF after the download</source>
        <translation>2023년의 2세대 ChatGLM. 내려받은 뒤 GGUF로 변환합니다</translation>
    </message>
    <message>
        <source>The server cannot listen on {host}: {reason}.</source>
        <translation>서버가 {host}에서 요청을 받을 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>The server is off.</source>
        <translation>서버가 꺼져 있습니다.</translation>
    </message>
    <message>
        <source>The server listens at {address}. Ctrl+C ends it.</source>
        <translation>서버가 {address}에서 요청을 받습니다. Ctrl+C로 끝냅니다.</translation>
    </message>
    <message>
        <source>The settings file was damaged. It was kept as {moved_to}, and the defaults are back.</source>
        <translation>설정 파일이 손상되었습니다. {moved_to}(으)로 보관하고 기본값으로 되돌렸습니다.</translation>
    </message>
    <message>
        <source>The source sent the same wrong “{file}” again: its checksum is not the one the hub names, so it was thrown away. Choose another source.</source>
        <translation>소스가 같은 잘못된 “{file}”을(를) 다시 보냈습니다. 체크섬이 허브가 알려 준 값과 달라서 버렸습니다. 다른 소스를 선택하세요.</translation>
    </message>
    <message>
        <source>The system does not allow locking so much memory, so the model may be swapped out.</source>
        <translation>시스템이 이만큼의 메모리 고정을 허용하지 않아 모델이 스왑될 수 있습니다.</translation>
    </message>
    <message>
        <source>The system may not swap the model out. Only where there is memory to spare.</source>
        <translation>시스템이 모델을 스왑하지 못하게 합니다. 메모리가 넉넉할 때만 쓰세요.</translation>
    </message>
    <message>
        <source>The system's keyring cannot be used ({reason}): nothing can be kept in it or read from it.</source>
        <translation>시스템 키링을 사용할 수 없습니다({reason}). 거기에 보관하거나 거기서 읽을 수 없습니다.</translation>
    </message>
    <message>
        <source>The very first ChatGLM with finer weights</source>
        <translation>더 정밀한 가중치의 최초 ChatGLM</translation>
    </message>
    <message>
        <source>The very first ChatGLM, for comparison and for old times' sake</source>
        <translation>최초의 ChatGLM. 비교해 보거나 옛 모습을 떠올리기에 좋습니다</translation>
    </message>
    <message>
        <source>The whole model runs on the graphics card: as quick as this computer gets.</source>
        <translation>모델 전체가 그래픽 카드에서 실행됩니다. 이 컴퓨터에서 가장 빠른 방식입니다.</translation>
    </message>
    <message>
        <source>The {n} messages above are no longer seen by the model</source>
        <translation>모델은 위의 메시지 {n}개를 더 이상 보지 않습니다</translation>
    </message>
    <message>
        <source>Their addresses up to the first slash (origins), separated by blanks. Empty means none.</source>
        <translation>웹 페이지의 출처(origin)를 빈칸으로 나누어 적습니다. 비워 두면 아무도 쓸 수 없습니다.</translation>
    </message>
    <message>
        <source>Their questions and answers are stored in the list like your own conversations.</source>
        <translation>프로그램의 질문과 답변을 내 대화처럼 목록에 저장합니다.</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>테마</translation>
    </message>
    <message>
        <source>There is no GGUF model in this repository. Look for one whose name ends in “GGUF”.</source>
        <translation>이 저장소에는 GGUF 모델이 없습니다. 이름이 “GGUF”로 끝나는 저장소를 찾아보세요.</translation>
    </message>
    <message>
        <source>There is no conversation {id}.</source>
        <translation>대화 {id}이(가) 없습니다.</translation>
    </message>
    <message>
        <source>There is no download {id}.</source>
        <translation>내려받기 {id}이(가) 없습니다.</translation>
    </message>
    <message>
        <source>There is no model in GGUF format in {repository}.</source>
        <translation>{repository}에는 GGUF 형식의 모델이 없습니다.</translation>
    </message>
    <message>
        <source>There is no model “{id}” on this computer.</source>
        <translation>이 컴퓨터에 “{id}” 모델이 없습니다.</translation>
    </message>
    <message>
        <source>There is no setting “{name}”.</source>
        <translation>“{name}” 설정이 없습니다.</translation>
    </message>
    <message>
        <source>There is not enough room on the disk for it.</source>
        <translation>디스크 공간이 부족합니다.</translation>
    </message>
    <message>
        <source>These graphics cards cannot compute a layer together, so each has some of the layers.</source>
        <translation>이 그래픽 카드들은 한 레이어를 함께 계산할 수 없어 레이어를 나누어 가집니다.</translation>
    </message>
    <message>
        <source>Think first</source>
        <translation>먼저 생각하기</translation>
    </message>
    <message>
        <source>Thinking…</source>
        <translation>생각하는 중…</translation>
    </message>
    <message>
        <source>Thinks before it answers: mathematics, logic, puzzles</source>
        <translation>먼저 생각하고 답합니다: 수학, 논리, 퍼즐</translation>
    </message>
    <message>
        <source>This address is not complete: it begins with http:// or https://.</source>
        <translation>주소가 온전하지 않습니다. http:// 또는 https://로 시작해야 합니다.</translation>
    </message>
    <message>
        <source>This computer does not have enough memory for it.</source>
        <translation>이 컴퓨터의 메모리로는 부족합니다.</translation>
    </message>
    <message>
        <source>This computer: {machine}</source>
        <translation>이 컴퓨터: {machine}</translation>
    </message>
    <message>
        <source>This is a bug in ChatGLM Desktop. A report was written to {path}.</source>
        <translation>ChatGLM Desktop의 오류입니다. 보고서를 {path}에 썼습니다.</translation>
    </message>
    <message>
        <source>This model cannot be measured: {reason}.</source>
        <translation>이 모델은 측정할 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>This model cannot keep conversations in 8 bits, so they are kept in 16 bits.</source>
        <translation>이 모델은 대화를 8비트로 저장할 수 없어 16비트를 씁니다.</translation>
    </message>
    <message>
        <source>This program sends nothing into the network. Click for the setting.</source>
        <translation>이 프로그램은 네트워크로 아무것도 보내지 않습니다. 클릭하면 설정이 열립니다.</translation>
    </message>
    <message>
        <source>Those in your network, and only with the key. The connection is not encrypted.</source>
        <translation>같은 네트워크의 컴퓨터만, 키가 있어야 사용할 수 있습니다. 연결은 암호화되지 않습니다.</translation>
    </message>
    <message>
        <source>Thought for</source>
        <translation>생각한 시간</translation>
    </message>
    <message>
        <source>Thought for {n} s</source>
        <translation>{n}초 동안 생각함</translation>
    </message>
    <message>
        <source>Thoughts</source>
        <translation>생각</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>스레드</translation>
    </message>
    <message>
        <source>Title of the conversation</source>
        <translation>대화 제목</translation>
    </message>
    <message>
        <source>To the end</source>
        <translation>끝으로</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>오늘</translation>
    </message>
    <message>
        <source>Top K</source>
        <translation>Top K(후보 단어 수)</translation>
    </message>
    <message>
        <source>Top P</source>
        <translation>Top P(누적 확률)</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>다시 시도</translation>
    </message>
    <message>
        <source>Try {source}</source>
        <translation>{source} 사용해 보기</translation>
    </message>
    <message>
        <source>Typical P</source>
        <translation>Typical P(전형성)</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>실행 취소</translation>
    </message>
    <message>
        <source>Unload</source>
        <translation>내리기</translation>
    </message>
    <message>
        <source>Until then programs cannot ask the model.</source>
        <translation>그때까지 프로그램은 모델에 물을 수 없습니다.</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>사용</translation>
    </message>
    <message>
        <source>Use it where it is</source>
        <translation>제자리에서 쓰기</translation>
    </message>
    <message>
        <source>Use port {port}</source>
        <translation>포트 {port} 사용</translation>
    </message>
    <message>
        <source>Use the models in “{name}”?</source>
        <translation>“{name}” 폴더의 모델을 사용할까요?</translation>
    </message>
    <message>
        <source>Use {name}</source>
        <translation>{name} 사용</translation>
    </message>
    <message>
        <source>Use {name} where it is</source>
        <translation>{name}을(를) 그 자리에서 사용</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>대기 중</translation>
    </message>
    <message>
        <source>Waiting for the answer</source>
        <translation>답변을 기다리는 중</translation>
    </message>
    <message>
        <source>Web pages that may use it</source>
        <translation>사용할 수 있는 웹 페이지</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>가중치</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>환영합니다</translation>
    </message>
    <message>
        <source>What arrived is not “{file}”: its checksum is wrong, so it was thrown away. Try again, or choose another source in Settings.</source>
        <translation>받은 것이 “{file}” 파일이 아닙니다. 체크섬이 달라 버렸습니다. 다시 시도하거나 설정에서 다른 출처를 고르세요.</translation>
    </message>
    <message>
        <source>What arrived of “{file}” has the wrong size, so it was thrown away. Try again.</source>
        <translation>받은 “{file}” 파일의 크기가 달라 버렸습니다. 다시 시도하세요.</translation>
    </message>
    <message>
        <source>What does not fit on the graphics card runs on the processor, which is slower.</source>
        <translation>그래픽 카드에 들어가지 않는 부분은 더 느린 프로세서에서 실행됩니다.</translation>
    </message>
    <message>
        <source>What is switched on here holds for this model alone; the rest is as for all models.</source>
        <translation>여기서 켠 항목은 이 모델에만 적용되고, 나머지는 모든 모델과 같습니다.</translation>
    </message>
    <message>
        <source>What would you like to talk about?</source>
        <translation>무엇을 이야기해 볼까요?</translation>
    </message>
    <message>
        <source>When a conversation is full</source>
        <translation>대화가 가득 차면</translation>
    </message>
    <message>
        <source>When nothing was asked for this long. The next question loads the model again by itself.</source>
        <translation>이 시간 동안 질문이 없으면 돌려줍니다. 다음 질문을 하면 모델을 자동으로 다시 불러옵니다.</translation>
    </message>
    <message>
        <source>Where models come from. Without an address that is Hugging Face.</source>
        <translation>모델을 내려받을 곳입니다. 주소가 없으면 Hugging Face입니다.</translation>
    </message>
    <message>
        <source>Whether it fits is not known: {reason}</source>
        <translation>들어가는지 알 수 없습니다: {reason}</translation>
    </message>
    <message>
        <source>Will it fit? With a context of</source>
        <translation>들어갈까요? 컨텍스트</translation>
    </message>
    <message>
        <source>With streaming=True it asks for a stream it cannot read. Then requests from Python's httpx get one whole answer.</source>
        <translation>streaming=True이면 스스로 읽지 못하는 스트림을 요청합니다. 켜면 Python httpx의 요청에 한 번에 답합니다.</translation>
    </message>
    <message>
        <source>Words less likely than this share of the likeliest one are not considered. 0 considers all.</source>
        <translation>가장 가능성 높은 단어에 비해 이 비율보다 가능성이 낮은 단어는 고려하지 않습니다. 0이면 모두 고려합니다.</translation>
    </message>
    <message>
        <source>Working memory</source>
        <translation>작업 메모리</translation>
    </message>
    <message>
        <source>Write a Python function that finds duplicate files</source>
        <translation>중복 파일을 찾는 Python 함수를 작성해 주세요</translation>
    </message>
    <message>
        <source>Write a message</source>
        <translation>메시지를 쓰세요</translation>
    </message>
    <message>
        <source>Write a short, polite e-mail asking for a day off</source>
        <translation>하루 휴가를 요청하는 짧고 정중한 이메일을 써 주세요</translation>
    </message>
    <message>
        <source>Written</source>
        <translation>작성</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>어제</translation>
    </message>
    <message>
        <source>You</source>
        <translation>나</translation>
    </message>
    <message>
        <source>You set how many layers run on the graphics card.</source>
        <translation>그래픽 카드에서 실행할 레이어 수를 직접 정했습니다.</translation>
    </message>
    <message>
        <source>Your conversations and models lie in this folder</source>
        <translation>대화와 모델이 이 폴더에 있습니다</translation>
    </message>
    <message>
        <source>Your conversations appear here.</source>
        <translation>대화가 여기에 표시됩니다.</translation>
    </message>
    <message>
        <source>Your conversations were saved by a newer version of this program. Install that version; nothing was changed.</source>
        <translation>대화가 이 프로그램의 더 새로운 버전으로 저장되었습니다. 그 버전을 설치하세요. 아무것도 바꾸지 않았습니다.</translation>
    </message>
    <message>
        <source>Yours</source>
        <translation>내 폴더</translation>
    </message>
    <message>
        <source>a helper of another model</source>
        <translation>다른 모델의 보조 파일</translation>
    </message>
    <message>
        <source>a model for searching</source>
        <translation>검색용 모델</translation>
    </message>
    <message>
        <source>a model for speech</source>
        <translation>음성 모델</translation>
    </message>
    <message>
        <source>a vocabulary alone</source>
        <translation>어휘만 들어 있음</translation>
    </message>
    <message>
        <source>a web page that is not on your list</source>
        <translation>목록에 없는 웹 페이지</translation>
    </message>
    <message>
        <source>an adapter for another model</source>
        <translation>다른 모델의 어댑터</translation>
    </message>
    <message>
        <source>asked for another computer's name</source>
        <translation>다른 컴퓨터 이름으로 요청함</translation>
    </message>
    <message>
        <source>by {owner}</source>
        <translation>{owner} 제공</translation>
    </message>
    <message>
        <source>changed {date}</source>
        <translation>{date} 변경</translation>
    </message>
    <message>
        <source>ended too soon</source>
        <translation>도중에 끝남</translation>
    </message>
    <message>
        <source>first after {n} s</source>
        <translation>{n}초 뒤 첫 단어</translation>
    </message>
    <message>
        <source>fits well</source>
        <translation>잘 맞음</translation>
    </message>
    <message>
        <source>from {host}</source>
        <translation>출처 {host}</translation>
    </message>
    <message>
        <source>from {program}</source>
        <translation>{program}에서</translation>
    </message>
    <message>
        <source>left</source>
        <translation>연결 끊음</translation>
    </message>
    <message>
        <source>loading {n} %</source>
        <translation>불러오는 중 {n} %</translation>
    </message>
    <message>
        <source>min</source>
        <translation>분</translation>
    </message>
    <message>
        <source>needs an account</source>
        <translation>계정 필요</translation>
    </message>
    <message>
        <source>needs {memory} of memory</source>
        <translation>메모리 {memory} 필요</translation>
    </message>
    <message>
        <source>needs {total}: weights {weights}, context {context}, working memory {working}</source>
        <translation>{total} 필요: 가중치 {weights}, 컨텍스트 {context}, 작업 메모리 {working}</translation>
    </message>
    <message>
        <source>not JSON</source>
        <translation>JSON이 아님</translation>
    </message>
    <message>
        <source>not enough room on the disk</source>
        <translation>디스크 공간 부족</translation>
    </message>
    <message>
        <source>not loaded</source>
        <translation>불러오지 않음</translation>
    </message>
    <message>
        <source>not text in UTF-8 or GB18030</source>
        <translation>UTF-8이나 GB18030 글이 아님</translation>
    </message>
    <message>
        <source>not used yet</source>
        <translation>아직 사용하지 않음</translation>
    </message>
    <message>
        <source>part {n} of {count}</source>
        <translation>{count}개 중 {n}번째 부분</translation>
    </message>
    <message>
        <source>reading</source>
        <translation>읽는 중</translation>
    </message>
    <message>
        <source>reading {n} %</source>
        <translation>읽는 중 {n} %</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>준비됨</translation>
    </message>
    <message>
        <source>sent too slowly</source>
        <translation>너무 느리게 보냄</translation>
    </message>
    <message>
        <source>size not known</source>
        <translation>크기를 알 수 없음</translation>
    </message>
    <message>
        <source>statistics for quantizing</source>
        <translation>양자화용 통계</translation>
    </message>
    <message>
        <source>stays where you keep it</source>
        <translation>원래 자리에 그대로 둠</translation>
    </message>
    <message>
        <source>stopped unexpectedly</source>
        <translation>예기치 않게 멈춤</translation>
    </message>
    <message>
        <source>the part that sees pictures</source>
        <translation>그림을 보는 부분</translation>
    </message>
    <message>
        <source>there is no such address</source>
        <translation>없는 주소</translation>
    </message>
    <message>
        <source>tight</source>
        <translation>빠듯함</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>토큰</translation>
    </message>
    <message>
        <source>too large</source>
        <translation>너무 큼</translation>
    </message>
    <message>
        <source>too large for the memory</source>
        <translation>메모리에 비해 너무 큼</translation>
    </message>
    <message>
        <source>too long for the context</source>
        <translation>컨텍스트보다 김</translation>
    </message>
    <message>
        <source>too many requests at a time</source>
        <translation>동시 요청이 너무 많음</translation>
    </message>
    <message>
        <source>used on {date}</source>
        <translation>{date} 사용</translation>
    </message>
    <message>
        <source>used today</source>
        <translation>오늘 사용</translation>
    </message>
    <message>
        <source>used yesterday</source>
        <translation>어제 사용</translation>
    </message>
    <message>
        <source>writing</source>
        <translation>쓰는 중</translation>
    </message>
    <message>
        <source>wrong or no key</source>
        <translation>키가 없거나 틀림</translation>
    </message>
    <message>
        <source>{card}: {n} of {all} layers</source>
        <translation>{card}: 레이어 {all}개 중 {n}개</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} / {total}</translation>
    </message>
    <message>
        <source>{endpoint} cannot be reached. Check the network, or choose another source in Settings.</source>
        <translation>{endpoint}에 연결할 수 없습니다. 네트워크를 확인하거나 설정에서 다른 출처를 고르세요.</translation>
    </message>
    <message>
        <source>{endpoint} did not answer like a model hub. A login page or a filter may be in the way.</source>
        <translation>{endpoint}의 응답이 모델 허브답지 않습니다. 로그인 페이지나 필터가 가로막고 있을 수 있습니다.</translation>
    </message>
    <message>
        <source>{endpoint} does not have “{file}” of {repository}.</source>
        <translation>{endpoint}에 {repository}의 “{file}” 파일이 없습니다.</translation>
    </message>
    <message>
        <source>{endpoint} is busy ({status}). Try again in a while.</source>
        <translation>{endpoint}가 바쁩니다({status}). 잠시 뒤 다시 시도하세요.</translation>
    </message>
    <message>
        <source>{endpoint} refuses access to {repository} ({status}). It may not exist, or it may need an account that accepted its licence.</source>
        <translation>{endpoint}에서 {repository} 접근을 거부합니다({status}). 존재하지 않거나, 라이선스에 동의한 계정이 필요할 수 있습니다.</translation>
    </message>
    <message>
        <source>{graphics} free on the graphics card, {memory} in memory</source>
        <translation>그래픽 카드 {graphics}, 메모리 {memory} 여유</translation>
    </message>
    <message>
        <source>{h} h {m} min</source>
        <translation>{h}시간 {m}분</translation>
    </message>
    <message>
        <source>{licence} licence: free for research; commercial use asks for a registration.</source>
        <translation>{licence} 라이선스: 연구에는 무료이며, 상업적으로 쓰려면 등록해야 합니다.</translation>
    </message>
    <message>
        <source>{licence} licence: free to use, commercially too.</source>
        <translation>{licence} 라이선스: 상업적 용도를 포함해 무료로 쓸 수 있습니다.</translation>
    </message>
    <message>
        <source>{licence} licence: read on its page what it asks for.</source>
        <translation>{licence} 라이선스: 조건은 해당 페이지에서 확인하세요.</translation>
    </message>
    <message>
        <source>{messages} left out</source>
        <translation>{messages} 제외</translation>
    </message>
    <message>
        <source>{name} is complete and unchanged.</source>
        <translation>{name} 파일은 온전하고 바뀌지 않았습니다.</translation>
    </message>
    <message>
        <source>{name} is in the trash. Emptying it frees {size}.</source>
        <translation>{name} 모델을 휴지통으로 옮겼습니다. 휴지통을 비우면 {size}의 공간이 생깁니다.</translation>
    </message>
    <message>
        <source>{name} is off the list. Its file stays where it is.</source>
        <translation>{name} 모델을 목록에서 뺐습니다. 파일은 제자리에 그대로 있습니다.</translation>
    </message>
    <message>
        <source>{name} is ready.</source>
        <translation>{name} 준비가 끝났습니다.</translation>
    </message>
    <message>
        <source>{name} is removed. {size} are free again.</source>
        <translation>{name} 모델을 삭제했습니다. {size}의 공간이 생겼습니다.</translation>
    </message>
    <message>
        <source>{n} + {m} tokens</source>
        <translation>토큰 {n} + {m}개</translation>
    </message>
    <message>
        <source>{n} cores</source>
        <translation>코어 {n}개</translation>
    </message>
    <message>
        <source>{n} downloads</source>
        <translation>내려받기 {n}회</translation>
    </message>
    <message>
        <source>{n} files</source>
        <translation>파일 {n}개</translation>
    </message>
    <message>
        <source>{n} messages</source>
        <translation>메시지 {n}개</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n}분</translation>
    </message>
    <message>
        <source>{n} models</source>
        <translation>모델 {n}개</translation>
    </message>
    <message>
        <source>{n} per second</source>
        <translation>초당 {n}개</translation>
    </message>
    <message>
        <source>{n} requests</source>
        <translation>요청 {n}건</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n}초</translation>
    </message>
    <message>
        <source>{n} tokens</source>
        <translation>{n}토큰</translation>
    </message>
    <message>
        <source>{n} tokens of context</source>
        <translation>컨텍스트 {n}토큰</translation>
    </message>
    <message>
        <source>{n} tokens/s</source>
        <translation>{n}토큰/초</translation>
    </message>
    <message>
        <source>{n} written</source>
        <translation>{n}개 작성</translation>
    </message>
    <message>
        <source>{option}: a value of this model's own</source>
        <translation>{option}: 이 모델만의 값</translation>
    </message>
    <message>
        <source>{path} already has a file “{file}”. Choose another folder, or move that file away.</source>
        <translation>{path}에 이미 “{file}” 파일이 있습니다. 다른 폴더를 선택하거나 그 파일을 옮기세요.</translation>
    </message>
    <message>
        <source>{path} cannot be written: {reason}.</source>
        <translation>{path}에 쓸 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>{path} is not a folder this program can use.</source>
        <translation>{path}은(는) 이 프로그램에서 쓸 수 있는 폴더가 아닙니다.</translation>
    </message>
    <message>
        <source>{rate} tokens per second</source>
        <translation>초당 {rate}토큰</translation>
    </message>
    <message>
        <source>{requests}, none failed</source>
        <translation>{requests}, 실패 없음</translation>
    </message>
    <message>
        <source>{requests}, {failed} failed ({share} %)</source>
        <translation>{requests}, 실패 {failed}건({share} %)</translation>
    </message>
    <message>
        <source>{size} are free again.</source>
        <translation>{size}가 확보되었습니다.</translation>
    </message>
    <message>
        <source>{size} free</source>
        <translation>여유 {size}</translation>
    </message>
    <message>
        <source>{size} free on the disk</source>
        <translation>디스크 여유 {size}</translation>
    </message>
    <message>
        <source>{size} memory</source>
        <translation>메모리 {size}</translation>
    </message>
    <message>
        <source>{size} of memory</source>
        <translation>메모리 {size}</translation>
    </message>
    <message>
        <source>{size} to download</source>
        <translation>내려받을 크기 {size}</translation>
    </message>
    <message>
        <source>{some}, {other}</source>
        <translation>{some}, {other}</translation>
    </message>
    <message>
        <source>{source} may have it: try again with {option}.</source>
        <translation>{source}에 있을 수 있습니다. {option} 옵션으로 다시 시도하세요.</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>{time} 남음</translation>
    </message>
    <message>
        <source>{title} · {n} on the way</source>
        <translation>{title} · {n}개 받는 중</translation>
    </message>
    <message>
        <source>{tokens} read, {known} reused</source>
        <translation>{tokens} 읽음, {known}개 재사용</translation>
    </message>
    <message>
        <source>“{file}” is already being downloaded by another window or command.</source>
        <translation>다른 창이나 명령이 “{file}” 파일을 이미 내려받고 있습니다.</translation>
    </message>
    <message>
        <source>“{name}” cannot be read: {reason}.</source>
        <translation>“{name}” 파일을 읽을 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>“{name}” could not be loaded: {reason}.</source>
        <translation>“{name}” 모델을 불러올 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>“{name}” has changed since it was downloaded. Download it again.</source>
        <translation>“{name}” 파일이 내려받은 뒤에 바뀌었습니다. 다시 내려받으세요.</translation>
    </message>
    <message>
        <source>“{name}” has the architecture “{architecture}”, which the engine does not know. Choose another model.</source>
        <translation>“{name}” 모델의 아키텍처 “{architecture}”는 엔진이 알지 못합니다. 다른 모델을 고르세요.</translation>
    </message>
    <message>
        <source>“{name}” is a chatglm.cpp file of a kind this program cannot use. Choose a GGUF build of the model instead.</source>
        <translation>“{name}”은(는) 이 프로그램에서 쓸 수 없는 종류의 chatglm.cpp 파일입니다. 이 모델의 GGUF 빌드를 선택하세요.</translation>
    </message>
    <message>
        <source>“{name}” is a chatglm.cpp file. Import it, and it is rewritten in the format the engine reads.</source>
        <translation>“{name}”은(는) chatglm.cpp 파일입니다. 가져오면 엔진이 읽는 형식으로 변환됩니다.</translation>
    </message>
    <message>
        <source>“{name}” is being downloaded.</source>
        <translation>“{name}” 내려받기를 시작했습니다.</translation>
    </message>
    <message>
        <source>“{name}” is damaged. Download or copy the file again.</source>
        <translation>“{name}” 파일이 손상되었습니다. 다시 내려받거나 복사하세요.</translation>
    </message>
    <message>
        <source>“{name}” is empty. Download or copy the file again.</source>
        <translation>“{name}” 파일이 비어 있습니다. 다시 내려받거나 복사하세요.</translation>
    </message>
    <message>
        <source>“{name}” is in {folder}, which is not there now. Connect the disk again, or remove the model from the list.</source>
        <translation>“{name}” 모델이 있는 {folder} 폴더를 지금 찾을 수 없습니다. 디스크를 다시 연결하거나 목록에서 모델을 빼세요.</translation>
    </message>
    <message>
        <source>“{name}” is incomplete: it has {size} of {expected}. Download or copy the file again.</source>
        <translation>“{name}” 파일이 온전하지 않습니다. {expected} 중 {size}만 있습니다. 다시 내려받거나 복사하세요.</translation>
    </message>
    <message>
        <source>“{name}” is no longer where it was. Put the file back, or remove the model from the list.</source>
        <translation>“{name}” 파일이 원래 자리에 없습니다. 파일을 되돌려 놓거나 목록에서 모델을 제거하세요.</translation>
    </message>
    <message>
        <source>“{name}” is not a chat model by itself ({kind}). Choose the model's main file.</source>
        <translation>“{name}” 파일만으로는 대화 모델이 아닙니다({kind}). 모델의 주 파일을 고르세요.</translation>
    </message>
    <message>
        <source>“{name}” is not a model in GGUF format. Choose a file that ends in .gguf.</source>
        <translation>“{name}” 파일은 GGUF 형식의 모델이 아닙니다. .gguf로 끝나는 파일을 고르세요.</translation>
    </message>
    <message>
        <source>“{name}” is on this computer.</source>
        <translation>“{name}” 모델이 이 컴퓨터에 있습니다.</translation>
    </message>
    <message>
        <source>“{name}” is sound.</source>
        <translation>“{name}” 파일에 이상이 없습니다.</translation>
    </message>
    <message>
        <source>“{name}” needs about {needed} of memory; this computer has {available}. Choose a smaller build.</source>
        <translation>“{name}” 모델에는 메모리가 약 {needed} 필요한데 이 컴퓨터에는 {available}가 있습니다. 더 작은 빌드를 고르세요.</translation>
    </message>
    <message>
        <source>“{value}” is not possible for “{name}”.</source>
        <translation>“{name}”에 “{value}” 값을 쓸 수 없습니다.</translation>
    </message>
</context>
</TS>
