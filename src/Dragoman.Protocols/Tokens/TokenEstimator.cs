using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.Tokens;

/// <summary>
/// Estimates how many tokens a text or a request has, without any model's vocabulary: one pass over UTF-8 that cuts the text as OpenAI's
/// o200k does and weighs each piece by its kind and length.
/// </summary>
/// <remarks>
/// Measured against o200k_base on prose, source code, JSON, Markdown, Chinese, Japanese and Korean, the estimate stays within about 15 per
/// cent on texts of some hundred tokens and more; other scripts within about 25. Short texts, random letters (keys, hashes, base64)
/// and rare scripts can be off by more. Other vendors' tokenizers differ from o200k itself by as much: Claude's counts run higher, above all
/// on code. Pictures, sounds and files are flat guesses, for their true price depends on pixels, seconds and pages that are not looked at.
/// So: good for limits, budgets, routing and for protocols that must name a count early; never a bill.
/// </remarks>
public static class TokenEstimator
{
    /// <summary>The flat count of a picture: about what OpenAI charges for one of 1024 × 1024, between Gemini's 258 and Claude's 1,600.</summary>
    public const int ImageTokens = 765;

    /// <summary>The flat count of a picture of low detail.</summary>
    public const int LowDetailImageTokens = 85;

    /// <summary>An estimate of the text's tokens.</summary>
    public static int Count(ReadOnlySpan<byte> utf8) => TokenScan.Count(utf8);

    /// <summary>An estimate of the whole prompt: system, tools, turns, and the few tokens that frame each of them.</summary>
    public static int Count(ConversationRequest request)
    {
        using var count = new RequestCount();
        return count.Compute(request);
    }
}
