using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.CodingPlan;

/// <summary>What one vendor's plan has of its own.</summary>
internal abstract class PlanVendor
{
    public abstract string Chat { get; }

    public abstract string? Messages { get; }

    public virtual string? Responses => null;

    public virtual bool ListsModels => true;

    public virtual string? UsagePath => null;

    public virtual Refusal BadKey => new(401, "Invalid API key", code: "invalid_api_key");

    public abstract Refusal Spent { get; }

    public virtual Refusal NoModel => new(404, "The model does not exist.", code: "model_not_found");

    public bool IsRefused(string? key) => string.IsNullOrEmpty(key) || key.StartsWith("invalid", StringComparison.Ordinal);

    public virtual Reply Usage(string key, DateTimeOffset now) => throw new Refusal(404, "Not Found");

    /// <summary>A refusal by Messages in the vendor's own form; null for Anthropic's.</summary>
    public virtual Reply? MessagesError(Refusal refusal) => null;
}
