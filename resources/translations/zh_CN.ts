<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>desktop</name>
    <message>
        <source>1 core</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>16-bit, the original</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>2-bit, smallest, clearly weaker</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>3-bit, small, weaker</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>32-bit, the original</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>4-bit, good balance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>5-bit, better, larger</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>6-bit, very close to the original</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>8-bit, nearly the original</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A trimmed GLM-4.7-Flash: strong and quick, for 24 GB of memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About and privacy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address of the hub or of a mirror such as https://hf-mirror.com. Empty means huggingface.co.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another program holds the file with your conversations. Close it, then try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer: {text}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As many as possible</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As small, with finer weights: a little slower, a little more precise</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking what arrived</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking… {percent} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Context</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Engine settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fits if you close other programs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fits into the free memory of this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fits well</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For downloads only, such as http://127.0.0.1:7890. Empty means the system's settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For programming: explains, writes and repairs code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For workstations with a great deal of memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GPU layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Good answers in many languages, and long documents</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide the list ({keys})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many layers of the model run on the graphics card; 0 means none. Applies when a model is loaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many tokens of a conversation the model sees. More needs more memory. Applies when a model is loaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light or dark.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light, and noticeably better than the smallest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loaded on {device}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading was cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading… {percent} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mode: {mode}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More for {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs more disk space</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs more memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Network settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model is ready. Download one, or import a file you have.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of menus and messages. The model answers in the language you write.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of questions and answers, in pixels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One per core</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the data folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused. The same command continues the download.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous 7 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Processor threads of the engine. Applies when a model is loaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the licence of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Same as the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search conversations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Small and quick, for simple questions on modest computers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something went wrong ({code}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Strong at everything, thinks first, and quick for its size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>System</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The best balance of quality and speed for most computers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The classic ChatGLM for long documents</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The classic ChatGLM, compressed further for computers with less memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The classic ChatGLM: solid everyday answers in Chinese and English</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full: {path} cannot grow. Make room, then try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full: {path} needs {needed}. Make room, then try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engine answers, but not what it should.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engine cannot start: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engine crashed on the graphics card, so it now runs on the processor only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engine crashed with its fastest settings on this computer, so it now runs in safe mode.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engine did not answer and was restarted. What was written so far is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engine stopped unexpectedly ({signal}). What was written so far is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engine works.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file changed on the hub, so the download began again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is no longer where it was</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file with your conversations is damaged. It was kept as {moved_to}, and a new one was begun.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The hub has a newer upload of this file than the list this program came with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The most thorough answers of its generation; slow without a graphics card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The program uses the network for one thing only: model downloads that you start, from the source you chose. Your questions and the answers never leave this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The question is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The question is too long: {tokens} tokens, and the context holds {context}. Shorten it, or raise the context in Settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The same with finer weights: more precise, needs more memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings file was damaged. It was kept as {moved_to}, and the defaults are back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no conversation {id}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no download {id}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no model “{id}” on this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no setting “{name}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is not enough room on the disk for it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thinks before it answers: mathematics, logic, puzzles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This address is not complete: it begins with http:// or https://.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer does not have enough memory for it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is a bug in ChatGLM Desktop. A report was written to {path}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Title of the conversation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Today</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unload</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What arrived is not “{file}”: its checksum is wrong, so it was thrown away. Try again, or choose another source in Settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What arrived of “{file}” has the wrong size, so it was thrown away. Try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your conversations and models lie in this folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your conversations appear here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your conversations were saved by a newer version of this program. Install that version; nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fits well</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>needs {memory} of memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not enough room on the disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stays where you keep it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too large for the memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{endpoint} cannot be reached. Check the network, or choose another source in Settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{endpoint} did not answer like a model hub. A login page or a filter may be in the way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{endpoint} does not have “{file}” of {repository}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{endpoint} is busy ({status}). Try again in a while.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{endpoint} refuses access ({status}). The model may need an account that accepted its licence.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{h} h {m} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{licence} licence: free for research; commercial use asks for a registration.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{licence} licence: free to use, commercially too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is complete and unchanged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is ready.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} cores</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} tokens of context</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} cannot be written: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{rate} tokens per second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} free on the disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{file}” is already being downloaded by another window or command.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” cannot be read: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” could not be loaded: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” has changed since it was downloaded. Download it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” has the architecture “{architecture}”, which the engine does not know. Choose another model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is a chatglm.cpp file, an older format this version cannot open. Choose a GGUF build of the model instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is damaged. Download or copy the file again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is empty. Download or copy the file again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is incomplete: it has {size} of {expected}. Download or copy the file again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is no longer where it was. Put the file back, or remove the model from the list.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is not a chat model by itself ({kind}). Choose the model's main file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is not a model in GGUF format. Choose a file that ends in .gguf.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” needs about {needed} of memory; this computer has {available}. Choose a smaller build.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{value}” is not possible for “{name}”.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
