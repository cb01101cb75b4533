namespace Dragoman.Bench.Compare;

internal static class CompareCommand
{
    public static Task<int> RunAsync(Arguments arguments) => Task.FromResult(arguments.Has("x") ? 1 : 0);
}
