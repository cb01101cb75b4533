namespace Dragoman.Server.Tests.Conformance.Fidelity;

/// <summary>What clients say and show.</summary>
internal static class ContentProbes
{
    private const string Image = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    private const string Pdf = "JVBERi0xLjQKMSAwIG9iago8PD4+CmVuZG9iagp0cmFpbGVyPDw+PgolJUVPRgo=";
    private const string Sound = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

    public static IReadOnlyList<Probe> All { get; } =
    [
        Probe.Of("system", "RULE-1", chat: """{"messages":[{"role":"system","content":"RULE-1"},{"role":"user","content":"a"}]}""", responses: """{"instructions":"RULE-1"}""",
            messages: """{"system":"RULE-1"}""", gemini: """{"systemInstruction":{"parts":[{"text":"RULE-1"}]}}""",
            converse: """{"system":[{"text":"RULE-1"}]}"""),
        Probe.Of("instructions in the midst", "RULE-2", chat: """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"developer","content":"RULE-2"},{"role":"user","content":"c"}]}""",
            responses: """{"input":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"developer","content":"RULE-2"},{"role":"user","content":"c"}]}""",
            messages: """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"system","content":"RULE-2"},{"role":"user","content":"c"}]}""",
            invoke: """{"anthropic_beta":["mid-conversation-system-2026-03-01"],"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"system","content":"RULE-2"},{"role":"user","content":"c"}]}"""),
        Probe.Of("speaker's name", "Ulrike", chat: """{"messages":[{"role":"user","name":"Ulrike","content":"a"}]}"""),
        Probe.Of("beginning of the answer (prefill)", "Once upon", chat: """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"Once upon"}]}""",
            responses: """{"input":[{"role":"user","content":"a"},{"role":"assistant","content":"Once upon"}]}""",
            messages: """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"Once upon"}]}""", gemini: """{"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"Once upon"}]}]}""",
            converse: """{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"text":"Once upon"}]}]}"""),
        Probe.Of("picture (base64)", "iVBORw0", chat: $$$"""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{Image}}}"}}]}]}""",
            responses: $$"""{"input":[{"role":"user","content":[{"type":"input_image","detail":"auto","image_url":"data:image/png;base64,{{Image}}"}]}]}""",
            messages: $$$"""{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{Image}}}"}}]}]}""",
            gemini: $$$"""{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"{{{Image}}}"}}]}]}""",
            converse: $$$$$"""{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"{{{{{Image}}}}}"}}}]}]}"""),
        Probe.Of("picture (address)", "example\\.com/a\\.png", chat: """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}]}""",
            responses: """{"input":[{"role":"user","content":[{"type":"input_image","detail":"auto","image_url":"https://example.com/a.png"}]}]}""",
            messages: """{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}]}]}""",
            gemini: """{"contents":[{"role":"user","parts":[{"fileData":{"mimeType":"image/png","fileUri":"https://example.com/a.png"}}]}]}"""),
        Probe.Of("picture's detail", "\"detail\":\"high\"|MEDIA_RESOLUTION_HIGH", chat: $$$"""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{Image}}}","detail":"high"}}]}]}""",
            responses: $$"""{"input":[{"role":"user","content":[{"type":"input_image","detail":"high","image_url":"data:image/png;base64,{{Image}}"}]}]}""",
            gemini: """{"mediaResolution":"MEDIA_RESOLUTION_HIGH"}"""),
        Probe.Of("PDF (base64)", "JVBERi0", chat: $$$"""{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,{{{Pdf}}}"}}]}]}""",
            responses: $$"""{"input":[{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,{{Pdf}}"}]}]}""",
            messages: $$$"""{"messages":[{"role":"user","content":[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"{{{Pdf}}}"}},{"type":"text","text":"a"}]}]}""",
            gemini: $$$"""{"contents":[{"role":"user","parts":[{"text":"a"},{"inlineData":{"mimeType":"application/pdf","data":"{{{Pdf}}}"}}]}]}""",
            converse: $$$$$"""{"messages":[{"role":"user","content":[{"text":"a"},{"document":{"name":"a","format":"pdf","source":{"bytes":"{{{{{Pdf}}}}}"}}}]}]}"""),
        Probe.Of("document of text", "DOCTEXT|RE9DVEVYVA==", messages: """{"messages":[{"role":"user","content":[{"type":"document","title":"T","source":{"type":"text","media_type":"text/plain","data":"DOCTEXT"}},{"type":"text","text":"a"}]}]}""",
            converse: """{"messages":[{"role":"user","content":[{"text":"a"},{"document":{"name":"T","format":"txt","source":{"text":"DOCTEXT"}}}]}]}"""),
        Probe.Of("citations of a document", "\"citations\":\\{\"enabled\":true", messages: """{"messages":[{"role":"user","content":[{"type":"document","source":{"type":"text","media_type":"text/plain","data":"DOCTEXT"},"citations":{"enabled":true}},{"type":"text","text":"a"}]}]}""",
            converse: """{"messages":[{"role":"user","content":[{"text":"a"},{"document":{"name":"T","format":"txt","source":{"text":"DOCTEXT"},"citations":{"enabled":true}}}]}]}"""),
        Probe.Of("sound", "UklGRiQA", chat: $$$"""{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"input_audio","input_audio":{"data":"{{{Sound}}}","format":"wav"}}]}]}""",
            gemini: $$$"""{"contents":[{"role":"user","parts":[{"text":"a"},{"inlineData":{"mimeType":"audio/wav","data":"{{{Sound}}}"}}]}]}""",
            converse: $$$$$"""{"messages":[{"role":"user","content":[{"text":"a"},{"audio":{"format":"wav","source":{"bytes":"{{{{{Sound}}}}}"}}}]}]}"""),
        Probe.Of("moving picture", "AAAAIGZ0eXA", gemini: """{"contents":[{"role":"user","parts":[{"text":"a"},{"inlineData":{"mimeType":"video/mp4","data":"AAAAIGZ0eXA="}}]}]}""",
            converse: """{"messages":[{"role":"user","content":[{"text":"a"},{"video":{"format":"mp4","source":{"bytes":"AAAAIGZ0eXA="}}}]}]}"""),
        Probe.Of("document in a bucket of AWS", "s3://bucket/a\\.pdf", converse: """{"messages":[{"role":"user","content":[{"text":"a"},{"document":{"name":"a","format":"pdf","source":{"s3Location":{"uri":"s3://bucket/a.pdf"}}}}]}]}"""),
        Probe.Of("text for a guardrail alone to judge", "GUARDED", converse: """{"messages":[{"role":"user","content":[{"text":"a"},{"guardContent":{"text":{"text":"GUARDED"}}}]}]}"""),
    ];
}
