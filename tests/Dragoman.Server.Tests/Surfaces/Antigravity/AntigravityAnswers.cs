using Microsoft.AspNetCore.Http;

namespace Dragoman.Server.Tests.Surfaces.Antigravity;

/// <summary>What Antigravity's service says, byte for byte: whole, or as the events of a stream where it is asked for one.</summary>
internal static class AntigravityAnswers
{
    /// <summary>An answer of these parts.</summary>
    public static Task SayAsync(HttpContext context, string parts, string finish = "STOP", string more = "")
        => context.SayAsync(200, Framed(context, $$$"""{"response":{"candidates":[{"content":{"role":"model","parts":[{{{parts}}}]},"finishReason":"{{{finish}}}"{{{more}}}}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2,"totalTokenCount":5},"responseId":"r-1","modelVersion":"m"}}"""),
            IsStream(context) ? "text/event-stream" : "application/json");

    /// <summary>A refusal in the words of Google's services.</summary>
    public static Task RefuseAsync(HttpContext context, int code, string status, string message, string details = "")
        => context.SayAsync(code, "{\"error\":" + $$"""{"code":{{code}},"status":"{{status}}","message":"{{message}}"{{(details.Length > 0 ? $",\"details\":[{details}]" : "")}}}""" + "}");

    private static bool IsStream(HttpContext context) => context.Request.Path.Value!.Contains("stream", StringComparison.OrdinalIgnoreCase);

    private static string Framed(HttpContext context, string answer) => IsStream(context) ? $"data: {answer}\n\n" : answer;
}
