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
        <source>16-bit, the original</source>
        <translation>16비트, 원본</translation>
    </message>
    <message>
        <source>2-bit, smallest, clearly weaker</source>
        <translation>2비트, 가장 작지만 품질이 뚜렷이 낮음</translation>
    </message>
    <message>
        <source>3-bit, small, weaker</source>
        <translation>3비트, 작지만 품질이 낮음</translation>
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
        <source>8-bit, nearly the original</source>
        <translation>8비트, 원본과 거의 같음</translation>
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
        <source>Address of the hub or of a mirror such as https://hf-mirror.com. Empty means huggingface.co.</source>
        <translation>모델 허브나 미러의 주소입니다(예: https://hf-mirror.com). 비워 두면 huggingface.co를 씁니다.</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>모든 파일 (*)</translation>
    </message>
    <message>
        <source>Another program holds the file with your conversations. Close it, then try again.</source>
        <translation>다른 프로그램이 대화 파일을 사용하고 있습니다. 그 프로그램을 닫고 다시 시도하세요.</translation>
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
        <source>Automatic</source>
        <translation>자동</translation>
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
        <source>Chat with a GLM model on this computer: offline, private, and free.</source>
        <translation>이 컴퓨터에서 GLM 모델과 대화하세요. 오프라인이고, 사적이며, 무료입니다.</translation>
    </message>
    <message>
        <source>ChatGLM Desktop</source>
        <translation>ChatGLM Desktop</translation>
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
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Compare Beijing and Shanghai in a table</source>
        <translation>베이징과 상하이를 표로 비교해 주세요</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>컨텍스트</translation>
    </message>
    <message>
        <source>Context of {n} tokens</source>
        <translation>컨텍스트 {n}토큰</translation>
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
        <source>Dark</source>
        <translation>어둡게</translation>
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
        <source>Downloading</source>
        <translation>내려받는 중</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>내려받기</translation>
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
        <source>Everything stays on this computer.</source>
        <translation>모든 것이 이 컴퓨터에 남습니다.</translation>
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
        <source>Fits if you close other programs.</source>
        <translation>다른 프로그램을 닫으면 실행할 수 있습니다.</translation>
    </message>
    <message>
        <source>Fits into the free memory of this computer.</source>
        <translation>이 컴퓨터의 남은 메모리에 들어갑니다.</translation>
    </message>
    <message>
        <source>Fits well</source>
        <translation>잘 맞음</translation>
    </message>
    <message>
        <source>For downloads only, such as http://127.0.0.1:7890. Empty means the system's settings.</source>
        <translation>내려받기에만 씁니다(예: http://127.0.0.1:7890). 비워 두면 시스템 설정을 따릅니다.</translation>
    </message>
    <message>
        <source>For programming: explains, writes and repairs code</source>
        <translation>프로그래밍용: 코드를 설명하고 쓰고 고칩니다</translation>
    </message>
    <message>
        <source>For workstations with a great deal of memory</source>
        <translation>메모리가 아주 큰 워크스테이션용</translation>
    </message>
    <message>
        <source>GPU layers</source>
        <translation>GPU 레이어</translation>
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
        <source>How many tokens of a conversation the model sees. More needs more memory. Applies when a model is loaded.</source>
        <translation>모델이 볼 수 있는 대화의 토큰 수입니다. 클수록 메모리가 더 필요합니다. 모델을 불러올 때 적용됩니다.</translation>
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
        <source>Language</source>
        <translation>언어</translation>
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
        <source>Load</source>
        <translation>불러오기</translation>
    </message>
    <message>
        <source>Loaded</source>
        <translation>불러옴</translation>
    </message>
    <message>
        <source>Loaded on {device}</source>
        <translation>{device}에 불러옴</translation>
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
        <source>Looking at this computer…</source>
        <translation>이 컴퓨터를 살펴보는 중…</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>메시지</translation>
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
        <source>Models (*.gguf)</source>
        <translation>모델 파일 (*.gguf)</translation>
    </message>
    <message>
        <source>More for {name}</source>
        <translation>{name} 추가 작업</translation>
    </message>
    <message>
        <source>Needs more disk space</source>
        <translation>디스크 공간 부족</translation>
    </message>
    <message>
        <source>Needs more memory</source>
        <translation>메모리 부족</translation>
    </message>
    <message>
        <source>Network settings</source>
        <translation>네트워크 설정</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>새 대화</translation>
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
        <source>No model yet. Download one of those below, or drop a .gguf file on this window.</source>
        <translation>아직 모델이 없습니다. 아래에서 하나를 내려받거나 .gguf 파일을 이 창에 끌어다 놓으세요.</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>찾은 것이 없습니다</translation>
    </message>
    <message>
        <source>Of menus and messages. The model answers in the language you write.</source>
        <translation>메뉴와 메시지의 언어입니다. 모델은 여러분이 쓰는 언어로 답합니다.</translation>
    </message>
    <message>
        <source>Of questions and answers, in pixels.</source>
        <translation>질문과 답변의 글자 크기(픽셀)입니다.</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>이 컴퓨터에 있음</translation>
    </message>
    <message>
        <source>One per core</source>
        <translation>코어마다 하나</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>폴더 열기</translation>
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
        <source>Pause</source>
        <translation>일시 정지</translation>
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
        <source>Previous 7 days</source>
        <translation>지난 7일</translation>
    </message>
    <message>
        <source>Processor threads of the engine. Applies when a model is loaded.</source>
        <translation>엔진이 쓸 프로세서 스레드 수입니다. 모델을 불러올 때 적용됩니다.</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>프록시</translation>
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
        <source>Reading the question… {n} %</source>
        <translation>질문을 읽는 중… {n} %</translation>
    </message>
    <message>
        <source>Reading “{name}”… {percent} %</source>
        <translation>“{name}” 읽는 중… {percent} %</translation>
    </message>
    <message>
        <source>Recommended builds</source>
        <translation>추천 빌드</translation>
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
        <source>Resume</source>
        <translation>계속</translation>
    </message>
    <message>
        <source>Same as the system</source>
        <translation>시스템 설정 따르기</translation>
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
        <source>Select all</source>
        <translation>모두 선택</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>보내기</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>설정</translation>
    </message>
    <message>
        <source>Show all {n} characters</source>
        <translation>전체 {n}자 보기</translation>
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
        <source>Show the list ({keys})</source>
        <translation>목록 보이기({keys})</translation>
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
        <source>Start again</source>
        <translation>다시 시작</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>멈추기</translation>
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
        <source>System</source>
        <translation>시스템</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>글자 크기</translation>
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
        <source>The beginning of the conversation no longer fits; {n} messages were left out.</source>
        <translation>대화 앞부분이 컨텍스트에 들어가지 않아 메시지 {n}개를 뺐습니다.</translation>
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
        <source>The disk is full: {path} cannot grow. Make room, then try again.</source>
        <translation>디스크가 가득 찼습니다. {path}에 더 쓸 수 없습니다. 공간을 비우고 다시 시도하세요.</translation>
    </message>
    <message>
        <source>The disk is full: {path} needs {needed}. Make room, then try again.</source>
        <translation>디스크 공간이 부족합니다. {path}에 {needed}가 필요합니다. 공간을 비우고 다시 시도하세요.</translation>
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
        <source>The engine stopped unexpectedly ({signal}). What was written so far is kept.</source>
        <translation>엔진이 예기치 않게 멈췄습니다({signal}). 지금까지 쓴 내용은 그대로 있습니다.</translation>
    </message>
    <message>
        <source>The engine works.</source>
        <translation>엔진이 정상입니다.</translation>
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
        <source>The file is deleted from the disk. Your conversations stay.</source>
        <translation>파일을 디스크에서 삭제합니다. 대화는 그대로 남습니다.</translation>
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
        <source>The hub has a newer upload of this file than the list this program came with.</source>
        <translation>허브에 이 프로그램의 목록보다 새로운 파일이 올라와 있습니다.</translation>
    </message>
    <message>
        <source>The most thorough answers of its generation; slow without a graphics card</source>
        <translation>같은 세대에서 가장 꼼꼼하게 답합니다. 그래픽 카드가 없으면 느립니다</translation>
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
        <source>The program uses the network for one thing only: model downloads that you start, from the source you chose. Your questions and the answers never leave this computer.</source>
        <translation>이 프로그램은 한 가지 일에만 네트워크를 씁니다. 여러분이 고른 출처에서 여러분이 시작한 모델 내려받기입니다. 질문과 답변은 이 컴퓨터를 떠나지 않습니다.</translation>
    </message>
    <message>
        <source>The question is empty.</source>
        <translation>질문이 비어 있습니다.</translation>
    </message>
    <message>
        <source>The question is too long: {tokens} tokens, and the context holds {context}. Shorten it, or raise the context in Settings.</source>
        <translation>질문이 너무 깁니다. {tokens}토큰인데 컨텍스트에는 {context}토큰까지 들어갑니다. 질문을 줄이거나 설정에서 컨텍스트를 늘리세요.</translation>
    </message>
    <message>
        <source>The same with finer weights: more precise, needs more memory</source>
        <translation>같은 모델에 더 정밀한 가중치: 더 정확하고 메모리가 더 필요합니다</translation>
    </message>
    <message>
        <source>The settings file was damaged. It was kept as {moved_to}, and the defaults are back.</source>
        <translation>설정 파일이 손상되었습니다. {moved_to}(으)로 보관하고 기본값으로 되돌렸습니다.</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>테마</translation>
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
        <source>Tight</source>
        <translation>빠듯함</translation>
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
        <source>Try again</source>
        <translation>다시 시도</translation>
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
        <source>Use it where it is</source>
        <translation>제자리에서 쓰기</translation>
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
        <source>What would you like to talk about?</source>
        <translation>무엇을 이야기해 볼까요?</translation>
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
        <source>Yesterday</source>
        <translation>어제</translation>
    </message>
    <message>
        <source>You</source>
        <translation>나</translation>
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
        <source>an adapter for another model</source>
        <translation>다른 모델의 어댑터</translation>
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
        <source>loading {n} %</source>
        <translation>불러오는 중 {n} %</translation>
    </message>
    <message>
        <source>needs {memory} of memory</source>
        <translation>메모리 {memory} 필요</translation>
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
        <source>tight</source>
        <translation>빠듯함</translation>
    </message>
    <message>
        <source>too large for the memory</source>
        <translation>메모리에 비해 너무 큼</translation>
    </message>
    <message>
        <source>writing</source>
        <translation>쓰는 중</translation>
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
        <source>{name} is complete and unchanged.</source>
        <translation>{name} 파일은 온전하고 바뀌지 않았습니다.</translation>
    </message>
    <message>
        <source>{name} is ready.</source>
        <translation>{name} 준비가 끝났습니다.</translation>
    </message>
    <message>
        <source>{n} cores</source>
        <translation>코어 {n}개</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n}분</translation>
    </message>
    <message>
        <source>{n} of {all} layers on the graphics card</source>
        <translation>{all}개 레이어 중 {n}개가 그래픽 카드에 있음</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n}초</translation>
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
        <source>{path} cannot be written: {reason}.</source>
        <translation>{path}에 쓸 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>{rate} tokens per second</source>
        <translation>초당 {rate}토큰</translation>
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
        <source>{size} to download</source>
        <translation>내려받을 크기 {size}</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>{time} 남음</translation>
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
        <source>“{name}” is a chatglm.cpp file, an older format this version cannot open. Choose a GGUF build of the model instead.</source>
        <translation>“{name}”은(는) chatglm.cpp 파일로, 이 버전에서 열 수 없는 옛 형식입니다. 같은 모델의 GGUF 파일을 고르세요.</translation>
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
