namespace Reconciler.Bookkeeping;

public static class BookServices
{
    public static IServiceCollection AddBookkeeping(this IServiceCollection services) => services
        .AddSingleton<Book>()
        .AddHostedService<BookKeeper>();
}
