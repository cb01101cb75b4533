using System.Text.RegularExpressions;

namespace Dragoman.Server.Api.Shared;

/// <summary>
/// What the vendors' APIs have and this gateway has not. They are answered with 404 and words that say so: the SDKs retry 408, 409, 429 and
/// everything from 500 on, so that a 501 would only be asked for again.
/// </summary>
internal static partial class UnservedEndpoints
{
    /// <summary>The code by which programs can tell it from a mistyped address.</summary>
    public const string Code = "endpoint_not_served";

    /// <summary>What the first words of a path ask for; the longest that fits counts.</summary>
    private static readonly (string Path, string What)[] Paths =
    [
        ("embeddings", "embeddings"),
        ("images", "images (generations, edits, variations)"),
        ("videos", "videos"),
        ("audio", "audio (speech, transcriptions, translations)"),
        ("files", "files"),
        ("uploads", "uploads"),
        ("batches", "batches"),
        ("messages/batches", "message batches"),
        ("moderations", "moderations"),
        ("fine_tuning", "fine-tuning jobs"),
        ("fine-tunes", "fine-tuning jobs"),
        ("assistants", "assistants"),
        ("threads", "threads (of assistants)"),
        ("vector_stores", "vector stores"),
        ("realtime", "realtime sessions"),
        ("evals", "evals"),
        ("containers", "containers"),
        ("skills", "skills"),
        ("prompts", "prompts"),
        ("chatkit", "ChatKit"),
        ("rerank", "reranking"),
        ("decisions", "decisions"),
        ("complete", "text completions in Anthropic's old form"),
        ("agents", "managed agents"),
        ("sessions", "managed agents' sessions"),
        ("environments", "managed agents' environments"),
        ("vaults", "managed agents' vaults"),
        ("memory_stores", "memory stores"),
        ("organizations", "the administration of organizations"),
        ("organization", "the administration of organizations"),
        ("chat/completions/", "stored chat completions"),
        ("cachedContents", "caches of Gemini (cachedContents)"),
        ("tunedModels", "tuned models"),
        ("batch", "batches"),
        ("operations", "operations"),
        ("corpora", "corpora"),
        ("fileSearchStores", "file search stores"),
        ("interactions", "interactions"),
        ("auth_tokens", "ephemeral tokens"),
        ("ws/google.ai.generativelanguage", "live sessions of Gemini"),
    ];

    /// <summary>What is wanted at an address that no route has, in words for the client; null where the address is nobody's.</summary>
    public static string? Explain(string path)
    {
        if (BedrockModel().IsMatch(path))
            return $"Of Bedrock's runtime this gateway serves converse, converse-stream, invoke and invoke-with-response-stream (with Anthropic's bodies) and count-tokens, not this ({path}).";
        if (VertexModel().IsMatch(path))
            return $"Vertex AI's own paths are not served by this gateway ({path}). Use the Gemini API (/v1beta/models/MODEL:generateContent) or the Messages API (/v1/messages).";
        if (AzureDeployment().IsMatch(path))
            return $"Azure's deployment paths are not served by this gateway ({path}). Use a client for OpenAI with the base address …/v1; the header 'api-key' is taken there too.";
        var bare = Version().Replace(path, "").TrimStart('/');
        if (bare.StartsWith("upload/", StringComparison.OrdinalIgnoreCase)) bare = Version().Replace(bare["upload".Length..], "").TrimStart('/');
        string? what = null;
        var length = 0;
        foreach (var (start, name) in Paths)
        {
            if (start.Length <= length || !bare.StartsWith(start, StringComparison.OrdinalIgnoreCase)) continue;
            if (bare.Length > start.Length && bare[start.Length] is not ('/' or ':' or '.') && !start.EndsWith('/')) continue;
            (what, length) = (name, start.Length);
        }

        return what is null ? null : Describe(what, path);
    }

    /// <summary>What a method of Gemini asks for that is not served, in words for the client; null for one that nobody knows.</summary>
    public static string? ExplainMethod(string method, string path) => method switch
    {
        "embedContent" or "batchEmbedContents" or "asyncBatchEmbedContent" or "embedText" => Describe("embeddings", path),
        "batchGenerateContent" => Describe("batches", path),
        "predict" or "predictLongRunning" => Describe("images and videos by predict", path),
        "bidiGenerateContent" => Describe("live sessions of Gemini", path),
        "generateAnswer" => Describe("answers from a corpus", path),
        "createCachedContent" => Describe("caches of Gemini", path),
        _ => null,
    };

    /// <summary>Whether a path is Vertex's for Claude, whose clients are Anthropic's.</summary>
    public static bool IsClaudeOnVertex(string path) => VertexModel().IsMatch(path) && path.Contains("/publishers/anthropic/", StringComparison.OrdinalIgnoreCase);

    private static string Describe(string what, string path)
        => $"This gateway does not serve {what} ({path}). It serves Chat Completions, Completions, Responses, Messages and Gemini's generateContent, with token counts and model lists.";

    [GeneratedRegex("^/(v1(beta|alpha)?[0-9]*/)*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Version();

    [GeneratedRegex("^/(model/[^/]+/(invoke-with-bidirectional-stream|async-invoke)|async-invoke|guardrail/)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex BedrockModel();

    [GeneratedRegex("^/(v1(beta1|beta|alpha)?/)?(projects/[^/]+/|publishers/[^/]+/models/)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex VertexModel();

    [GeneratedRegex("^/openai/(deployments/|v1/)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex AzureDeployment();
}
